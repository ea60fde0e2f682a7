/**
 * Writes one capture: takes in files, settles, removes, renames. Runs in its own thread; calls that write
 * wait for each other, except cancelling.
 */

import { unreachable } from "@/lib/base/unreachable";
import { openCapture } from "@/lib/capture/capture-file";
import type { Sqlite } from "@/lib/capture/driver";
import { addFile, type FileReport, readFile as readReport, setFileState } from "@/lib/capture/files";
import { copyCapture, keepRevision } from "@/lib/capture/keep-revision";
import {
  dictionaryMark,
  dropHalfReadFile,
  dropSecondaryIndexes,
  ensureSecondaryIndexes,
  isEmptyOfFlows,
  removeFile,
  settleAddedFiles,
  settleAnew,
} from "@/lib/capture/settle";
import { currentRevision, summarise } from "@/lib/capture/summarise";
import { DecodePool } from "@/lib/ingest/decode-pool";
import { readUpload } from "@/lib/ingest/read-upload";
import {
  type Abandoned,
  describeFailure,
  type ReadProgress,
  type Received,
  type ToWriter,
  type WriterCalls,
} from "./messages";
import { SpoolReader } from "./spool";
import { UploadLoader } from "./upload-loader";

type Asked = Extract<ToWriter, { id: number }>;
type Told = Extract<ToWriter, { tell: string }>;

/** A reading that is under way. */
interface Underway {
  readonly fileId: number;
  readonly spool: SpoolReader;
  readonly cancelling: AbortController;
}

const PROGRESS_EVERY_MS = 250;
const POOL_IDLE_MS = 1000;
const LARGE_BYTES = 64 * 2 ** 20;
/** The writer's page cache: large enough for the inner pages of the indexes. */
const CACHE_KIB = 24 * 1024;

export class CaptureWriter {
  private readonly database: Sqlite;
  private pool: DecodePool | undefined;
  private poolIdle: NodeJS.Timeout | undefined;
  private underway: Underway | undefined;
  /** Of files that are read or wait for it. */
  private readonly received = new Map<number, Received>();
  private queue: Promise<unknown> = Promise.resolve();
  private isStopping = false;
  /** Cancelled after they were read to their end and before they are settled. */
  private readonly unwanted = new Map<number, Abandoned>();
  /** Mark of the dictionaries before the files that are not settled yet. */
  private markBefore: string | undefined;

  constructor(
    private readonly file: string,
    private readonly decoders: number,
    private readonly onProgress: (progress: ReadProgress) => void,
  ) {
    const opened = openCapture(file, { cacheKiB: CACHE_KIB });
    if (!opened.ok) throw new Error(opened.failure.message);
    this.database = opened.value;
    ensureSecondaryIndexes(this.database);
  }

  told(message: Told): void {
    if (message.tell === "stop") {
      this.isStopping = true;
      this.underway?.cancelling.abort(new Stopped());
      return;
    }
    if (message.tell === "cancel") {
      if (this.underway?.fileId === message.fileId)
        this.underway.cancelling.abort(new Cancelled(message.why));
      else this.unwanted.set(message.fileId, message.why);
      return;
    }
    const { fileId, bytes, isWhole } = message;
    if (!this.received.has(fileId)) return;
    this.received.set(fileId, { bytes, isWhole });
    if (this.underway?.fileId === fileId) this.underway.spool.received(bytes, isWhole);
  }

  /** Short writes go between the batches of a running file; whole files wait for each other. */
  answer(message: Asked): Promise<unknown> {
    switch (message.call) {
      case "addFile":
        return Promise.resolve(addFile(this.database, message.ask));
      case "rename":
        this.database.prepare("UPDATE Capture SET name = ? WHERE id = 1").run([message.ask.name]);
        return Promise.resolve(null);
      case "summarise":
        return Promise.resolve(summarise(this.database));
      case "readFile":
        this.received.set(message.ask.fileId, message.ask);
        return this.inTurn(() => this.read(message.ask));
      case "settleFiles":
        return this.inTurn(() => this.settle(message.ask.fileIds));
      case "settleAnew":
        return this.inTurn(async () => {
          const isChanged = settleAnew(this.database, Date.now());
          if (isChanged) this.tidy();
          return isChanged;
        });
      case "abandonFile":
        return this.abandon(message.ask);
      case "keepRevision":
        return this.inTurn(async () => {
          const revision = currentRevision(this.database);
          if (message.ask.pinned.includes(revision)) keepRevision(this.database, this.file, revision);
          return null;
        });
      case "copyTo":
        return this.inTurn(async () => {
          copyCapture(this.database, this.file, message.ask.target);
          return null;
        });
      case "removeFile":
        return this.inTurn(async () => {
          this.unwanted.delete(message.ask.fileId);
          removeFile(this.database, message.ask.fileId, Date.now());
          return null;
        });
      case "close":
        return this.inTurn(() => this.close());
      default:
        return unreachable(message);
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.queue.then(work);
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  /** What was never read is marked at once, without waiting for the file that is being read. */
  private async abandon(ask: Abandoned & { fileId: number }): Promise<FileReport> {
    this.unwanted.delete(ask.fileId);
    const mark = async (): Promise<FileReport> => {
      if (wasBegun(this.database, ask.fileId)) dropHalfReadFile(this.database, ask.fileId);
      setFileState(this.database, ask.fileId, ask.state, ask);
      return this.report(ask.fileId);
    };
    return wasBegun(this.database, ask.fileId) ? this.inTurn(mark) : mark();
  }

  private async read(ask: WriterCalls["readFile"]["ask"]): Promise<FileReport> {
    const { fileId, spool: spoolFile, settleLater = false } = ask;
    if (this.isStopping) return this.report(fileId);
    const cancelling = new AbortController();
    const spool = new SpoolReader(spoolFile, cancelling.signal);
    this.underway = { fileId, spool, cancelling };
    const known = this.received.get(fileId);
    if (known !== undefined) spool.received(known.bytes, known.isWhole);
    try {
      await this.load(fileId, spool, cancelling.signal);
      if (!settleLater) {
        await this.makeRoom();
        cancelling.signal.throwIfAborted();
        this.settleNow([fileId]);
      }
    } catch (error) {
      this.readingFailed(fileId, error);
    } finally {
      await spool.close();
      this.endPoolWhenIdle();
      this.underway = undefined;
      this.received.delete(fileId);
    }
    return this.report(fileId);
  }

  private async load(fileId: number, spool: SpoolReader, signal: AbortSignal): Promise<void> {
    const { database } = this;
    // A file that a crash left half read starts again.
    dropHalfReadFile(database, fileId);
    setFileState(database, fileId, "reading");
    if (isEmptyOfFlows(database)) dropSecondaryIndexes(database);
    this.markBefore ??= dictionaryMark(database);
    const upload = { id: fileId, name: this.report(fileId).file };
    const loader = new UploadLoader(database, upload, () => report("reading"));
    const report = this.reporter(fileId, spool, loader);
    await readUpload(spool, this.workingPool(), loader, signal);
    loader.finish();
    // What cannot be read to its end arrives to its end all the same, or not at all.
    const receivedBytes = await spool.untilWhole();
    database
      .prepare("UPDATE SourceFile SET receivedBytes = ?, state = 'settling' WHERE id = ?")
      .run([receivedBytes, fileId]);
    report("settling", true);
  }

  private async settle(fileIds: readonly number[]): Promise<FileReport[]> {
    await this.makeRoom();
    const wanted = fileIds.filter((fileId) => !this.unwanted.has(fileId));
    // First, so that what the others share with it does not count as its duplicate.
    for (const fileId of fileIds) this.dropUnwanted(fileId);
    try {
      if (!this.isStopping && wanted.length > 0) this.settleNow(wanted);
    } catch (error) {
      for (const fileId of wanted) this.readingFailed(fileId, error);
    }
    return fileIds.map((fileId) => this.report(fileId));
  }

  /** A file that was cancelled after it was read to its end. */
  private dropUnwanted(fileId: number): void {
    const why = this.unwanted.get(fileId);
    this.unwanted.delete(fileId);
    if (why !== undefined) this.readingFailed(fileId, new Cancelled(why));
  }

  private settleNow(fileIds: readonly number[]): void {
    settleAddedFiles(this.database, fileIds, Date.now(), this.markBefore);
    this.markBefore = undefined;
    this.tidy();
  }

  /** What was settled is on the disk when this returns. Giving the log's room back and counting for the planner need not be waited for. */
  private tidy(): void {
    this.database.exec("PRAGMA wal_checkpoint(FULL);");
    void this.inTurn(async () =>
      this.database.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA main.optimize;"),
    );
  }

  private reporter(
    fileId: number,
    spool: SpoolReader,
    loader: UploadLoader,
  ): (phase: ReadProgress["phase"], now?: boolean) => void {
    const started = performance.now();
    let last = 0;
    return (phase, now = false) => {
      const at = performance.now();
      if (!now && at - last < PROGRESS_EVERY_MS) return;
      last = at;
      const { counts } = loader;
      this.onProgress({
        fileId,
        phase,
        packedBytes: spool.consumed,
        unpackedBytes: counts.unpackedBytes,
        read: counts.read,
        flows: counts.flows,
        refused: counts.refused,
        recordsPerSecond: Math.round(counts.read / Math.max(0.001, (at - started) / 1000)),
      });
    };
  }

  private workingPool(): DecodePool {
    clearTimeout(this.poolIdle);
    if (this.pool?.isBroken) {
      void this.pool.close();
      this.pool = undefined;
    }
    this.pool ??= new DecodePool(this.decoders);
    return this.pool;
  }

  /** Decoders hold tens of MiB each: kept for the next of many small files, not longer. */
  private endPoolWhenIdle(): void {
    clearTimeout(this.poolIdle);
    if (this.isStopping) return;
    this.poolIdle = setTimeout(() => void this.endPool(), POOL_IDLE_MS);
  }

  private async endPool(): Promise<void> {
    const { pool } = this;
    this.pool = undefined;
    await pool?.close();
  }

  /** Decoders and the settling of a large capture are not held in memory at once. */
  private async makeRoom(): Promise<void> {
    const read = this.database.prepare("SELECT sum(unpackedBytes) AS bytes FROM SourceFile").get([]);
    if (Number(read?.bytes ?? 0) > LARGE_BYTES) await this.endPool();
  }

  /** Nothing of a file that did not come to its end is kept: half a file would be taken for the whole. */
  private readingFailed(fileId: number, error: unknown): void {
    if (error instanceof Stopped) return;
    dropHalfReadFile(this.database, fileId);
    if (error instanceof Cancelled) setFileState(this.database, fileId, error.why.state, error.why);
    else setFileState(this.database, fileId, "failed", describeFailure(error));
    // On a full disk the log beside the capture is the space that there is.
    this.database.exec("PRAGMA wal_checkpoint(TRUNCATE);");
  }

  private report(fileId: number): FileReport {
    const report = readReport(this.database, fileId);
    if (report === undefined) throw new Error(`no file ${fileId}`);
    return report;
  }

  private async close(): Promise<null> {
    clearTimeout(this.poolIdle);
    await this.endPool();
    this.database.close();
    return null;
  }
}

/** True when reading of the file began, at any time. */
function wasBegun(database: Sqlite, fileId: number): boolean {
  const file = database.prepare("SELECT state FROM SourceFile WHERE id = ?").get([fileId]);
  return file?.state !== "receiving";
}

/** The server stops in the middle of a file. */
class Stopped extends Error {}

/** The reader, or the uploader, gave up. */
class Cancelled extends Error {
  constructor(readonly why: Abandoned) {
    super(why.message);
  }
}
