/** The writer thread of one capture: the only place where its file is written. */

import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { standBehind } from "@/lib/base/thread-priority";
import { CaptureWriter } from "./capture-writer";
import type { FromWriter, ToWriter } from "./messages";

standBehind("background");

const { file, decoders } = z
  .object({ file: z.string(), decoders: z.number().int().positive() })
  .parse(workerData);

const say = (message: FromWriter): void => parentPort?.postMessage(message);

const writer = new CaptureWriter(file, decoders, (progress) => say({ progress }));

parentPort?.on("message", async (message: ToWriter) => {
  if ("tell" in message) {
    writer.told(message);
    return;
  }
  try {
    say({ id: message.id, answer: await writer.answer(message) });
  } catch (error) {
    say({ id: message.id, error: error instanceof Error ? error.message : String(error) });
  }
  if (message.call === "close") parentPort?.close();
});
