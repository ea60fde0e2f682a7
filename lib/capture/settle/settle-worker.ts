/** Entry of the thread that takes windows of flows: attempts and roll-ups, without a database (settle-thread.ts). */

import { workerData } from "node:worker_threads";
import { standBehind } from "@/lib/base/thread-priority";
import { StepsBeside } from "./beside";
import { FlowColumns } from "./flow-columns";
import type { FromSettleThread, ThreadStart, ToSettleThread } from "./settle-thread";

standBehind("background");

const { input, port, done } = workerData as ThreadStart;
const steps = new StepsBeside(input);
let failure: string | undefined;

function answer(message: FromSettleThread): void {
  port.postMessage(message);
}

function take({ flows, capacity, rows, order }: ToSettleThread): void {
  const window = new FlowColumns(capacity, flows);
  window.rows = rows;
  if (order === undefined) answer({ found: steps.end(window) });
  else steps.show(window, order);
}

port.on("message", (message: ToSettleThread) => {
  try {
    if (failure === undefined) take(message);
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  if (failure !== undefined && message.order === undefined) answer({ failure });
  Atomics.add(done, 0, 1);
  Atomics.notify(done, 0);
});
