/**
 * A server without its pages, for the test that kills it: takes up what an earlier one left, says so, waits for a
 * word, then does one thing in a new capture and says when it begins. `node crash-child.mjs DATA ACTION FILE`
 */

import { once } from "node:events";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { createLog } from "@/lib/base/log";
import { createEngine } from "./engine";

const [dataDir = "", action = "", file = ""] = process.argv.slice(2);

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

const { id } = await captures.create(action);
const send = async (body: Readable): Promise<number> => {
  const received = await captures.receive(id, { fileName: "sent", expectedBytes: null, body });
  if (!received.ok) throw new Error(received.failure.message);
  await received.value.end;
  return received.value.fileId;
};

switch (action) {
  case "read":
    say("begun");
    await send(createReadStream(file));
    break;
  case "settle":
    captures.listen(() => {
      if (captures.progress(id)[0]?.state === "settling") say("begun");
    });
    await send(createReadStream(file));
    break;
  case "arrive":
    say("begun");
    await send(Readable.from(slowly(file)));
    break;
  case "remove": {
    const fileId = await send(createReadStream(file));
    say("begun");
    await captures.removeFile(id, fileId);
    break;
  }
}
say("ended");

/** The file in portions, and then nothing more and no end. */
async function* slowly(path: string): AsyncGenerator<Uint8Array> {
  for await (const part of createReadStream(path, { end: 400_000 })) yield part as Buffer;
  await new Promise(() => setInterval(() => undefined, 1000));
}
