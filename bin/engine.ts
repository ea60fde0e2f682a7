/**
 * What lives as long as the server: stores, jobs and reader threads. Made here, before the first
 * request, and closed after the last one.
 */

import { existsSync, renameSync } from "node:fs";
import path from "node:path";
import type { Log } from "@/lib/base/log";
import { projectRoot } from "@/lib/base/project-root";
import type { Result } from "@/lib/base/result";
import { openSqlite } from "@/lib/capture/driver";
import { migrate, readMigrations } from "@/lib/capture/migrate";
import { Catalogue, catalogueFile } from "@/lib/catalogue/catalogue";
import { Writers } from "@/lib/jobs/writers";
import type { QuestionFailure } from "@/lib/questions/failure";
import type { Answer, Ask, QuestionName } from "@/lib/questions/questions";
import { ReaderPool } from "@/lib/questions/reader-pool";
import { Captures } from "./captures";
import { setEngine } from "./engine-slot";
import { Evidence } from "./evidence/evidence";
import { PinPictures } from "./evidence/pin-pictures";
import { BundleIntake } from "./evidence/take-in";
import { ForeignChanges } from "./foreign-changes";
import { Investigations } from "./investigations";
import { KeptAnswers } from "./kept-answers";
import { Lifetimes } from "./lifetimes";
import { IntakeTotals, Metrics } from "./metrics";
import { Moving } from "./moving";
import { PinReports } from "./pin-reports";
import { Redactions } from "./redactions";
import { startRetention } from "./retention";
import { Shares } from "./shares";

export interface Engine {
  readonly captures: Captures;
  readonly investigations: Investigations;
  /** Of pinned maps. */
  readonly pictures: PinPictures;
  /** Investigations as files, out and in. */
  readonly evidence: Evidence;
  readonly bundles: BundleIntake;
  /** Captures as single files. */
  readonly moving: Moving;
  /** Masked copies on their way. */
  readonly redactions: Redactions;
  readonly shares: Shares;
  /** Whoever reaches the server may do everything: no token is set. */
  readonly isOpen: boolean;
  /** Days for which captures are kept; undefined: for ever. */
  readonly keepDays: number | undefined;
  /** Answers a question over a capture in a reader thread. */
  ask<Name extends QuestionName>(
    captureId: string,
    question: Name,
    ask: Ask<Name>,
    signal?: AbortSignal,
  ): Promise<Result<Answer<Name>, QuestionFailure>>;
  readonly keptAnswers: KeptAnswers;
  /** For operators. */
  readonly metrics: Metrics;
  /** Aborts when the server takes no new requests: what keeps one open, such as a progress stream, ends then. */
  readonly stopSignal: AbortSignal;
  /** The server takes no new requests from now on. */
  stopping?(): void;
  /** After the last request: stop work so that it can be taken up again, and close every store. */
  close(): Promise<void>;
}

const READER_THREADS = 2;
const DEADLINE_MS = 30_000;
const WAITING_QUESTIONS = 500;

interface EngineOptions {
  /** Default: no. */
  readonly asksForToken?: boolean;
  /** Captures to which nothing was added for so many days are deleted. Default: never. */
  readonly keepDays?: number | undefined;
}

export async function createEngine(
  dataDir: string,
  log: Log,
  { asksForToken = false, keepDays }: EngineOptions = {},
): Promise<Engine> {
  const root = projectRoot();
  openCatalogue(root, dataDir, log);
  const catalogue = new Catalogue(catalogueFile(dataDir));
  const readers = new ReaderPool({
    threads: READER_THREADS,
    deadlineMs: DEADLINE_MS,
    queue: WAITING_QUESTIONS,
  });
  const writers = new Writers(dataDir);
  const intake = new IntakeTotals();
  const captures = new Captures(
    dataDir,
    path.join(root, "public", "sample"),
    catalogue,
    writers,
    readers,
    log,
    (report) => intake.add(report),
    new Lifetimes(keepDays),
  );
  const foreignChanges = new ForeignChanges(dataDir, readers, log);
  await foreignChanges.look();
  await captures.recover();
  const stopping = new AbortController();
  const metrics = new Metrics(readers, intake, () => captures.list());
  const ask: Engine["ask"] = (captureId, question, asked, signal) => {
    const revision = "revision" in asked ? asked.revision : undefined;
    return readers.ask(captures.fileOfRevision(captureId, revision), question, asked, signal);
  };
  const investigations = new Investigations(catalogue, captures, new PinReports(ask));
  const pictures = new PinPictures(investigations, ask);
  const redactions = new Redactions(dataDir, captures, investigations, log);
  await redactions.takeUpAgain();
  const engine: Engine = {
    captures,
    investigations,
    pictures,
    redactions,
    moving: new Moving(dataDir, captures, log),
    evidence: new Evidence(dataDir, investigations, captures, pictures, ask),
    bundles: new BundleIntake(dataDir, investigations, captures, ask),
    shares: new Shares(catalogue, investigations, captures, pictures),
    isOpen: !asksForToken,
    keepDays,
    metrics,
    ask,
    keptAnswers: new KeptAnswers((captureId) => writers.stateOf(captureId)),
    stopSignal: stopping.signal,
    stopping: () => {
      stopping.abort();
      captures.stopping();
    },
    close: async () => {
      endRetention();
      metrics.close();
      await redactions.close();
      await writers.stopAll();
      await readers.close();
      foreignChanges.leave();
      await catalogue.close();
    },
  };
  const endRetention = keepDays === undefined ? () => undefined : startRetention(captures, keepDays, log);
  setEngine(engine);
  return engine;
}

/** A catalogue that cannot be read is set aside: it is an index, and made anew from the captures' files. */
function openCatalogue(root: string, dataDir: string, log: Log): void {
  try {
    migrateCatalogue(root, dataDir);
  } catch (error) {
    if (!isDamaged(error)) throw error;
    const file = catalogueFile(dataDir);
    const aside = `${file}.damaged-${Date.now()}`;
    log.error("catalogue damaged, made anew", { kept: path.basename(aside), reason: error.message });
    for (const end of ["", "-wal", "-shm"]) if (existsSync(file + end)) renameSync(file + end, aside + end);
    migrateCatalogue(root, dataDir);
  }
}

function isDamaged(error: unknown): error is Error {
  return error instanceof Error && "code" in error && /^SQLITE_(?:NOTADB|CORRUPT)/.test(String(error.code));
}

function migrateCatalogue(root: string, dataDir: string): void {
  const database = openSqlite(catalogueFile(dataDir));
  try {
    const migrated = migrate(database, readMigrations(path.join(root, "prisma", "catalogue", "migrations")));
    if (!migrated.ok) throw new Error(`The catalogue cannot be opened. ${migrated.failure.message}`);
  } finally {
    database.close();
  }
}
