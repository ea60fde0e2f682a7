import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { createLog } from "@/lib/base/log";
import { openSqlite } from "@/lib/capture/driver";
import { ForeignChanges } from "./foreign-changes";

const folder = mkdtempSync(path.join(tmpdir(), "eyepiece-foreign-"));
const captures = path.join(folder, "captures");
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Its one text ends a process that reads it. */
function damage(name: string): void {
  const file = openSqlite(path.join(captures, name));
  file.exec("CREATE TABLE IF NOT EXISTS T (a TEXT); INSERT INTO T VALUES (CAST(x'c328' AS TEXT));");
  file.close();
}

/** What a start refuses to read, and what its log says. */
async function start(): Promise<{ refused: string[]; said: string[]; changes: ForeignChanges }> {
  const refused: string[] = [];
  const said: string[] = [];
  const readers = {
    refuse: (file: string) => void refused.push(path.basename(file)),
    whyRefused: (file: string) =>
      refused.includes(path.basename(file)) ? { code: "capture_damaged" as const, message: "" } : undefined,
  };
  const log = createLog(
    (line) => said.push(line),
    () => new Date(0),
  );
  const changes = new ForeignChanges(folder, readers, log);
  await changes.look();
  return { refused, said, changes };
}

test("only files that were changed are looked through, and those that are damaged at every start", async () => {
  mkdirSync(captures, { recursive: true });
  damage("untouched0000.db");
  damage("written000000.db");
  // A folder that an older version left: taken as it is.
  expect((await start()).refused).toEqual([]);
  // Killed, nothing written since: nothing is looked through.
  expect(await start()).toMatchObject({ refused: [], said: [] });
  damage("written000000.db");
  for (let turn = 0; turn < 2; turn++) {
    const { refused, said, changes } = await start();
    expect(refused).toEqual(["written000000.db"]);
    expect(said[0]).toContain("looking through captures that were changed count=1");
    // An orderly stop does not make it sound.
    changes.leave();
  }
  rmSync(folder, { recursive: true });
  const gone = await start();
  expect(gone.said.join()).toContain("list of captures not written");
});
