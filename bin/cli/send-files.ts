/**
 * Sends files one after the other, and waits for what the server makes of them while the next ones are on their way:
 * what waits there together is settled together.
 */
import { createReadStream } from "node:fs";
import { PassThrough, type Readable } from "node:stream";
import { type Failure, fail, ok, type Result } from "@/lib/base/result";
import type { FileReport } from "@/lib/questions/answers";
import type { Client } from "./client";
import type { Input } from "./inputs";
import type { ProgressFeed } from "./progress-feed";
import { type Output, ProgressLine, progressWords } from "./progress-line";
import { UnderWay } from "./under-way";

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly root: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly now: () => Date;
  /** Calls back at the first Ctrl-C; answers how to stop listening. */
  readonly onInterrupt: (listener: () => void) => () => void;
}

export type Sent =
  | { readonly input: Input; readonly report: FileReport }
  | { readonly input: Input; readonly failure: Failure };

export class Sender {
  private readonly underWay = new UnderWay();
  private readonly line: ProgressLine;
  /** The file that is being sent, and how much of it. */
  private sending: { readonly input: Input; sentBytes: number } | undefined;
  /** The file that is waited for. */
  private reading: Input | undefined;
  /** What ended one file and would end all that follow. */
  private wall: Failure | undefined;
  /** A server that was waited for in vain is not waited for again. */
  private lost: Result<FileReport> | undefined;

  constructor(
    private readonly client: Client,
    private readonly captureId: string,
    private readonly feed: ProgressFeed,
    private readonly around: Surroundings,
    /** Called for each file that was sent, in their order. */
    private readonly onEnd: (sent: Sent) => void,
  ) {
    this.line = new ProgressLine(around.stderr, () => performance.now());
    feed.onChange(() => this.show());
  }

  /** Resolves when all have come to their end, or the first met a wall. */
  async send(inputs: readonly Input[]): Promise<void> {
    for (const input of inputs) {
      await this.underWay.room();
      if (this.wall !== undefined) break;
      const uploaded = await this.upload(input);
      this.meet(uploaded);
      this.underWay.add(input.bytes ?? 0, () => this.end(input, uploaded));
    }
    await this.underWay.ended();
    this.line.clear();
  }

  private async upload(input: Input): Promise<Result<FileReport>> {
    const sending = { input, sentBytes: 0 };
    this.sending = sending;
    const { body, release } = openBody(input, this.around);
    const uploaded = await this.client.upload(this.captureId, { ...input, body }, (bytes) => {
      sending.sentBytes = bytes;
      this.show();
    });
    release();
    this.sending = undefined;
    return uploaded;
  }

  private async end(input: Input, uploaded: Result<FileReport>): Promise<void> {
    this.reading = input;
    const result = uploaded.ok ? await this.read(uploaded.value) : uploaded;
    this.reading = undefined;
    this.meet(result);
    this.line.clear();
    this.onEnd(result.ok ? { input, report: result.value } : { input, failure: result.failure });
  }

  private async read(report: FileReport): Promise<Result<FileReport>> {
    if (this.lost !== undefined) return this.lost;
    const result = await untilRead(this.client, this.captureId, report, this.feed);
    if (!result.ok && result.failure.code === SERVER_LOST) this.lost = result;
    return result;
  }

  private meet(result: Result<FileReport>): void {
    if (!result.ok && WALLS.has(result.failure.code)) this.wall ??= result.failure;
  }

  private show(): void {
    const { sending, reading } = this;
    const file = sending ?? (reading && { input: reading, sentBytes: reading.bytes ?? 0 });
    if (file === undefined) return;
    const { input, sentBytes } = file;
    const known = this.feed.latest?.files.filter((one) => one.file === input.name).at(-1);
    this.line.show(progressWords({ file: input.name, bytes: input.bytes, sentBytes }, known));
  }
}

const SERVER_LOST = "server_lost";
const WALLS: ReadonlySet<string> = new Set([
  SERVER_LOST,
  "server_unreachable",
  "sign_in_needed",
  "capture_not_found",
  "disk_full",
]);

/** Small files are read in no time; for others the feed says when it is worth looking. */
const FIRST_PAUSE_MS = 50;
const LOOK_AGAIN_MS = 2000;
const TRIES = 15;

/** The server reads on after the last byte has arrived; waits for its end. */
async function untilRead(
  client: Client,
  captureId: string,
  first: FileReport,
  feed: ProgressFeed,
): Promise<Result<FileReport>> {
  let report = first;
  let tries = 0;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    if (!feed.latest?.files.some(({ fileId }) => fileId === report.id)) {
      const looked = await client.fileReport(captureId, report.id);
      if (looked.ok) report = looked.value;
      else if (looked.failure.code !== "server_unreachable") return looked;
      else if (++tries === TRIES)
        return fail(SERVER_LOST, "The server went away.", "It takes the file up again when it starts.");
    }
    if (!["receiving", "reading", "settling"].includes(report.state)) return ok(report);
    await feed.changed(pauseMs);
    pauseMs = Math.min(pauseMs * 2, LOOK_AGAIN_MS);
  }
}

/** Ctrl-C while standard input is read ends the input, not the command: what came so far is kept. */
function openBody(input: Input, around: Surroundings): { body: Readable; release: () => void } {
  if (input.source !== "stdin") {
    // A log may grow while it is read: no more is sent than was announced.
    const end = input.bytes === undefined ? undefined : input.bytes - 1;
    const body = createReadStream(input.source.path, { highWaterMark: 256 * 1024, end });
    return { body, release: () => undefined };
  }
  const { stdin, stderr } = around;
  if (stdin.isTTY) stderr.write("Reading from the terminal; Ctrl-D ends the input.\n");
  const body = new PassThrough({ highWaterMark: 256 * 1024 });
  stdin.once("error", (error) => body.destroy(error));
  stdin.pipe(body);
  const release = around.onInterrupt(() => {
    stderr.write("\nThe input ends here; what came so far is kept. Ctrl-C again gives up.\n");
    stdin.unpipe(body);
    body.end();
  });
  return { body, release };
}
