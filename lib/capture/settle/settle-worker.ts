/** Entry of the thread that takes windows of flows: attempts and roll-ups, without a database (settle-thread.ts), and DNS, with one of its own; and that empties the log. */

import { workerData } from "node:worker_threads";
import { standBehind } from "@/lib/base/thread-priority";
import { type BesideInput, StepsBeside } from "./beside";
import { checkpoint, DnsBeside } from "./dns/beside";
import { FlowColumns } from "./flow-columns";
import { PairView } from "./pair-view";
import type { FromSettleThread, ThreadStart, ToSettleThread } from "./settle-thread";

standBehind("background");

const { port, done } = workerData as ThreadStart;
let failure: string | undefined;
let dns: DnsBeside | undefined;
let steps: StepsBeside | undefined;

function answer(message: FromSettleThread): void {
  port.postMessage(message);
}

function begin(input: BesideInput): void {
  dns = input.dns && new DnsBeside(input.dns, new PairView(input.pairs));
  steps = new StepsBeside(input, dns === undefined ? [] : [dns]);
}

function take(message: ToSettleThread): void {
  if (message.rows === undefined) {
    if (message.task === "checkpoint") checkpoint(message.capture);
    else if (message.task === "begin") begin(message.input);
    else if (dns !== undefined) answer({ dns: dns.judge() });
    return;
  }
  if (steps === undefined) throw new Error("flows before it is said what is to be found in them");
  const window = new FlowColumns(message.capacity, message.flows);
  window.rows = message.rows;
  if (message.order === undefined) answer({ found: steps.end(window) });
  else steps.show(window, message.order);
}

port.on("message", (message: ToSettleThread) => {
  try {
    if (failure === undefined) take(message);
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const isAsked = message.order === undefined && message.task !== "checkpoint" && message.task !== "begin";
  if (failure !== undefined && isAsked) answer({ failure });
  Atomics.add(done, 0, 1);
  Atomics.notify(done, 0);
});
