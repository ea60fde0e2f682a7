/** `eyepiece ingest`: sends files to the server, one after the other, and reports. */
import { createReadStream } from "node:fs";
import { PassThrough, type Readable } from "node:stream";
import { type Failure, fail, ok, type Result } from "@/lib/base/result";
import type { CaptureInfo, FileReport } from "@/lib/questions/answers";
import type { IngestCommand } from "./arguments";
import type { Client } from "./client";
import { findServer } from "./find-server";
import { defaultCaptureName, expandPaths, type Input } from "./inputs";
import type { ProgressFeed } from "./progress-feed";
import { type Output, ProgressLine, progressWords } from "./progress-line";
import { failureWords, harmless, outcomeOf, reportWords } from "./words";

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

type Sent =
  | { readonly input: Input; readonly report: FileReport }
  | { readonly input: Input; readonly failure: Failure };

/** Answers the exit code: 0 fine, 1 when a file failed or was refused entirely, 2 when the command was wrong. */
export async function ingest(command: IngestCommand, around: Surroundings): Promise<number> {
  const opened = await openCapture(command, around);
  if (!opened.ok) return reportFailure(opened.failure, command.json, around);
  const { client, capture, inputs } = opened.value;
  const link = `${client.address}captures/${capture.id}`;
  const feed = client.follow(capture.id);
  const sent: Sent[] = [];
  for (const input of inputs) {
    const result = await sendOne(client, capture.id, input, feed, around);
    const one: Sent = result.ok ? { input, report: result.value } : { input, failure: result.failure };
    sent.push(one);
    if (!command.json) around.stdout.write(`${sentWords(one)}\n`);
    // Whatever comes next would meet the same wall.
    if (!result.ok && isEndOfAll(result.failure)) break;
  }
  feed.close();
  if (command.json) around.stdout.write(`${toJson(client, capture, link, sent)}\n`);
  else around.stdout.write(`${closingWords(sent, inputs.length)}Open ${link}\n`);
  return sent.every(isRead) ? 0 : 1;
}

interface Opened {
  readonly client: Client;
  readonly capture: CaptureInfo;
  readonly inputs: readonly Input[];
}

/** Everything that can be wrong is found before the first byte is sent and before a capture is made. */
async function openCapture(command: IngestCommand, around: Surroundings): Promise<Result<Opened>> {
  const { env, cwd, root, stderr } = around;
  const inputs = await expandPaths(command.paths, cwd);
  if (!inputs.ok) return inputs;
  const say = (line: string) => stderr.write(`${line}\n`);
  const found = await findServer({ url: command.url, env, cwd, root, say });
  if (!found.ok) return found;
  const client = found.value;
  const name = command.name ?? defaultCaptureName(command.paths, cwd, around.now());
  const capture =
    command.captureId === undefined
      ? await client.createCapture(name)
      : await client.capture(command.captureId);
  return capture.ok ? ok({ client, capture: capture.value, inputs: inputs.value }) : capture;
}

async function sendOne(
  client: Client,
  captureId: string,
  input: Input,
  feed: ProgressFeed,
  around: Surroundings,
): Promise<Result<FileReport>> {
  const line = new ProgressLine(around.stderr, () => performance.now());
  let sentBytes = 0;
  const show = () => {
    const known = feed.latest?.files.filter(({ file }) => file === input.name).at(-1);
    line.show(progressWords({ file: input.name, bytes: input.bytes, sentBytes }, known));
  };
  feed.onChange(show);
  const { body, release } = openBody(input, around);
  const uploaded = await client.upload(captureId, { ...input, body }, (bytes) => {
    sentBytes = bytes;
    show();
  });
  release();
  const read = uploaded.ok ? await untilRead(client, captureId, uploaded.value, feed) : uploaded;
  line.clear();
  return read;
}

/** Small files are read in no time; for others the feed says when it is worth looking. */
const FIRST_LOOK_MS = 50;
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
  let waitMs = FIRST_LOOK_MS;
  while (["receiving", "reading", "settling"].includes(report.state)) {
    await feed.changed(waitMs);
    waitMs = Math.min(waitMs * 2, LOOK_AGAIN_MS);
    if (feed.latest?.files.some(({ fileId }) => fileId === report.id)) continue;
    const looked = await client.fileReport(captureId, report.id);
    if (looked.ok) report = looked.value;
    else if (looked.failure.code !== "server_unreachable") return looked;
    else if (++tries === TRIES)
      return fail("server_lost", "The server went away.", "It takes the file up again when it starts.");
  }
  return ok(report);
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

function isRead(one: Sent): boolean {
  return "report" in one && outcomeOf(one.report) === "read";
}

function isEndOfAll({ code }: Failure): boolean {
  return ["server_lost", "server_unreachable", "sign_in_needed", "capture_not_found", "disk_full"].includes(
    code,
  );
}

function sentWords(one: Sent): string {
  if ("report" in one) return reportWords(one.report);
  return `${harmless(one.input.name)}: failed.\n${failureWords(one.failure).replace(/^/gm, "  ")}`;
}

function closingWords(sent: readonly Sent[], asked: number): string {
  const left = asked - sent.length;
  return left === 0 ? "" : `${left} more ${left === 1 ? "file was" : "files were"} not sent.\n`;
}

function toJson(client: Client, { id, name }: CaptureInfo, url: string, sent: readonly Sent[]): string {
  const files = sent.map((one) =>
    "report" in one ? one.report : { file: one.input.name, error: one.failure },
  );
  return JSON.stringify({ server: client.address, capture: { id, name, url }, files }, null, 2);
}

function reportFailure(failure: Failure, isJson: boolean, { stdout, stderr }: Surroundings): number {
  if (isJson) stdout.write(`${JSON.stringify({ error: failure }, null, 2)}\n`);
  else stderr.write(`${failureWords(failure)}\n`);
  return failure.code === "usage" ? 2 : 1;
}
