/**
 * A capture as a reader thread holds it: a read-only connection, and what was worked out from it, kept until
 * the file changes.
 */

import { Lru } from "@/lib/base/lru";
import { ok, type Result } from "@/lib/base/result";
import { openCapture } from "@/lib/capture/capture-file";
import type { Sqlite, SqlRow } from "@/lib/capture/driver";
import { isOutdated } from "@/lib/capture/rules-version";
import { currentRevision } from "@/lib/capture/summarise";
import type { Meta, Party } from "./answers";
import type { QuestionFailure } from "./failure";
import { PartyReader } from "./party";
import { weigh } from "./weight";

/** Results kept per capture, such as ladders. */
const KEPT = 64;
/** Of all of them. A thread holds eight captures open and has 256 MiB; and rows of the driver take twice what they weigh. */
const KEPT_BYTES = 8 * 1024 * 1024;

export class OpenCapture {
  private readonly kept = new Lru<string, unknown>(KEPT, undefined, { of: weigh, most: KEPT_BYTES });
  private readonly kinds = new Lru<number, SqlRow>(10_000);
  private parties: PartyReader;
  private version = -1;

  private constructor(readonly database: Sqlite) {
    this.parties = new PartyReader(database);
  }

  /** `beforeStatement` may throw, to give up a question between two statements. */
  static open(file: string, beforeStatement?: () => void): Result<OpenCapture, QuestionFailure> {
    const opened = openCapture(file, { readOnly: true, cacheKiB: 32 * 1024, beforeStatement });
    return opened.ok ? ok(new OpenCapture(opened.value)) : opened;
  }

  /** Runs one question on one state of the file. */
  ask<T>(question: (capture: OpenCapture) => T): T {
    this.database.exec("BEGIN");
    try {
      this.forgetIfChanged();
      return question(this);
    } finally {
      this.database.exec("COMMIT");
    }
  }

  /** `data_version` changes whenever another connection committed. */
  private forgetIfChanged(): void {
    const version = Number(this.database.prepare("PRAGMA data_version").get([])?.data_version);
    if (version === this.version) return;
    this.version = version;
    this.kept.clear();
    this.kinds.clear();
    this.parties = new PartyReader(this.database);
  }

  /** Worked out once per state of the file and key. */
  keep<T>(key: string, work: () => T): T {
    const known = this.kept.get(key);
    if (known !== undefined) return known as T;
    const value = work();
    this.kept.set(key, value);
    return value;
  }

  isKept(key: string): boolean {
    return this.kept.get(key) !== undefined;
  }

  /** False while the first files are read: who talks to whom, what was lost and why is not known yet. */
  isSettled(): boolean {
    return currentRevision(this.database) > 0;
  }

  party(endpointId: number): Party {
    return this.parties.read(endpointId);
  }

  /** A row of Kind, kept: there are some hundreds. */
  kind(kindId: number): SqlRow {
    let kind = this.kinds.get(kindId);
    if (kind === undefined) {
      kind = this.database.prepare("SELECT * FROM Kind WHERE id = ?").get([kindId]);
      if (kind === undefined) throw new Error(`no kind ${kindId}`);
      this.kinds.set(kindId, kind);
    }
    return kind;
  }

  meta(unit: Meta["unit"]): Meta {
    const underWay = this.database
      .prepare(
        "SELECT name, state FROM SourceFile WHERE uploadId IS NULL AND state IN ('reading', 'settling') ORDER BY id",
      )
      .all([]);
    const atLeast =
      this.database.prepare("SELECT 1 FROM Kind WHERE aggregated = 2 LIMIT 1").get([]) !== undefined;
    const notes = underWay.map((file) =>
      file.state === "reading"
        ? `"${String(file.name)}" is being read: counts are still growing.`
        : `"${String(file.name)}" is being settled: duplicates are still counted.`,
    );
    if (atLeast)
      notes.push("Some aggregated records came without their counters: counts are at least these.");
    const outdated = isOutdated(this.database);
    if (outdated)
      notes.push(
        "An older version settled this capture: clients, drops and attempts may be missing. They are worked out anew when the server starts, and when a file is added or removed.",
      );
    return {
      revision: currentRevision(this.database),
      unit,
      exact: !atLeast,
      partial: underWay.length > 0 || outdated,
      notes,
    };
  }

  close(): void {
    this.database.close();
  }
}
