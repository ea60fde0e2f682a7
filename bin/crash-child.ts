/**
 * A server without its pages, for the test that kills it: takes up what an earlier one left, says so, waits for a
 * word, then does some things at once, each in a new capture of its name, and says when it begins.
 * `node crash-child.mjs DATA [ACTION FILE]…`
 */

import { once } from "node:events";
import { createReadStream } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { createLog } from "@/lib/base/log";
import { createEngine } from "./engine";

const [dataDir = "", ...words] = process.argv.slice(2);

const say = (what: string): void => void process.stdout.write(`${what}\n`);
const log = createLog(
  () => undefined,
  () => new Date(),
);
const { captures } = await createEngine(dataDir, log);
while ((await captures.list()).some(({ progress }) => progress.length > 0))
  await new Promise((resolve) => setTimeout(resolve, 20));
say("recovered");
await once(process.stdin, "data");

const send = async (id: string, body: Readable): Promise<number> => {
  const received = await captures.receive(id, { fileName: "sent", expectedBytes: null, body });
  if (!received.ok) throw new Error(received.failure.message);
  await received.value.end;
  return received.value.fileId;
};

/** Makes ready for an action. What comes back does it. */
const PREPARE: Readonly<Record<string, (id: string, file: string) => Promise<() => Promise<unknown>>>> = {
  read: async (id, file) => () => send(id, createReadStream(file)),
  settle: async (id, file) => () => send(id, createReadStream(file)),
  arrive: async (id, file) => () => send(id, Readable.from(slowly(file))),
  remove: async (id, file) => {
    const fileId = await send(id, createReadStream(file));
    return () => captures.removeFile(id, fileId);
  },
};

const prepared: (() => Promise<unknown>)[] = [];
let isOfSettling = false;
for (let at = 0; at < words.length; at += 2) {
  const [action = "", file = ""] = words.slice(at);
  const { id } = await captures.create(`${action} ${path.basename(file)}`);
  const act = await PREPARE[action]?.(id, file);
  if (act === undefined) throw new Error(`no action: ${action}`);
  prepared.push(act);
  if (action !== "settle") continue;
  isOfSettling = true;
  captures.listen(() => {
    if (captures.progress(id)[0]?.state === "settling") say("begun");
  });
}
if (!isOfSettling) say("begun");
await Promise.all(prepared.map((act) => act()));
say("ended");

/** The file in portions, and then nothing more and no end. */
async function* slowly(path: string): AsyncGenerator<Uint8Array> {
  for await (const part of createReadStream(path, { end: 400_000 })) yield part as Buffer;
  await new Promise(() => setInterval(() => undefined, 1000));
}
