/** `eyepiece ingest`: sends files to the server and says what became of each. */
import { type Failure, ok, type Result } from "@/lib/base/result";
import type { CaptureInfo } from "@/lib/questions/answers";
import type { IngestCommand } from "./arguments";
import type { Client } from "./client";
import { findServer } from "./find-server";
import { defaultCaptureName, expandPaths, type Input } from "./inputs";
import { Sender, type Sent, type Surroundings } from "./send-files";
import { failureWords, harmless, outcomeOf, reportWords } from "./words";

/** Answers the exit code: 0 fine, 1 when a file failed or was refused entirely, 2 when the command was wrong. */
export async function ingest(command: IngestCommand, around: Surroundings): Promise<number> {
  const opened = await openCapture(command, around);
  if (!opened.ok) return reportFailure(opened.failure, command.json, around);
  const { client, capture, inputs } = opened.value;
  const link = `${client.address}captures/${capture.id}`;
  const feed = client.follow(capture.id);
  const sent: Sent[] = [];
  const sender = new Sender(client, capture.id, feed, around, (one) => {
    sent.push(one);
    if (!command.json) around.stdout.write(`${sentWords(one)}\n`);
  });
  await sender.send(inputs);
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

function isRead(one: Sent): boolean {
  return "report" in one && outcomeOf(one.report) === "read";
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
