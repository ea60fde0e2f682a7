/** Digests of what a capture holds, by which a tampered one is told: its files' original bytes as they are stored. */

import { createHash } from "node:crypto";
import type { Sqlite } from "./driver";

export interface ContentDigest {
  readonly revision: number;
  /** Version of the rules by which the revision was settled. */
  readonly rulesVersion: number;
  /** Of all files together. */
  readonly digest: string;
  /** Files that hold records, by their number. */
  readonly files: readonly { readonly name: string; readonly digest: string }[];
}

/** Reads every block once: about a second for a GiB of log. Changed by nothing that only renames or settles anew. */
export function digestContent(database: Sqlite): ContentDigest {
  const files = database
    .prepare(
      "SELECT DISTINCT f.id, f.name FROM SourceFile f JOIN RawBlock b ON b.fileId = f.id ORDER BY f.id",
    )
    .all([])
    .map(({ id, name }) => ({ name: String(name), digest: digestFile(database, Number(id)) }));
  const all = createHash("sha256");
  for (const { name, digest } of files) all.update(`${JSON.stringify(name)} ${digest}\n`);
  const revision = database
    .prepare("SELECT number, rulesVersion FROM Revision ORDER BY number DESC LIMIT 1")
    .get([]);
  return {
    revision: Number(revision?.number ?? 0),
    rulesVersion: Number(revision?.rulesVersion ?? 0),
    digest: all.digest("hex"),
    files,
  };
}

/** Block by block, so that memory does not grow with the file and a question nobody waits for ends between two. */
function digestFile(database: Sqlite, fileId: number): string {
  const hash = createHash("sha256");
  const ids = database.prepare("SELECT id FROM RawBlock WHERE fileId = ? ORDER BY offset, id").rows([fileId]);
  const read = database.prepare(
    "SELECT offset, rawBytes, records, firstLine, packing, notes, places, data FROM RawBlock WHERE id = ?",
  );
  for (const [id] of ids) {
    const row = read.get([id ?? 0]);
    if (row === undefined) continue;
    const { places, data, ...rest } = row;
    hash.update(JSON.stringify(rest, (_, value) => (typeof value === "bigint" ? String(value) : value)));
    for (const bytes of [places, data]) if (bytes instanceof Uint8Array) hash.update(bytes);
  }
  return hash.digest("hex");
}
