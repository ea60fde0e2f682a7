/**
 * The thread of settle-worker.ts. Settling is one transaction, which waits for no events, so the two talk by memory that
 * they share: windows of flows go over in a few buffers that are used in turn, and are waited for where all are taken.
 */

import { existsSync } from "node:fs";
import path from "node:path";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { projectRoot } from "@/lib/base/project-root";
import { type Beside, type BesideFound, type BesideInput, StepsBeside } from "./beside";
import type { DnsFound } from "./dns/beside";
import { FlowColumns } from "./flow-columns";

/** What the thread begins with. */
export interface ThreadStart {
  readonly port: MessagePort;
  /** One number: of messages that were worked off. */
  readonly done: Int32Array;
}

export type ToSettleThread =
  | {
      readonly flows: SharedArrayBuffer;
      readonly capacity: number;
      readonly rows: number;
      /** Undefined: the flows without a time, which are the last. */
      readonly order: Uint32Array | undefined;
      readonly task?: undefined;
    }
  | ({ readonly rows: undefined; readonly order: undefined } & Task);

/**
 * While this thread does what the other cannot: the capture's log is emptied as far as can be. Before the first flows: what is to be found in
 * them. When all flows were shown: what follows of DNS can be settled.
 */
type Task =
  | { readonly task: "checkpoint"; readonly capture: string }
  | { readonly task: "begin"; readonly input: BesideInput }
  | { readonly task: "dns" };

/** The answer to flows without an order and to `dns`, or what went wrong before. */
export type FromSettleThread =
  | { readonly found: BesideFound }
  | { readonly dns: DnsFound }
  | { readonly failure: string };

/** One is filled while another is worked off. */
const BUFFERS = 2;
/** A window takes the thread well below a second. */
const PATIENCE_MS = 600_000;

interface WindowBuffer {
  readonly flows: FlowColumns;
  readonly order: Uint32Array;
}

export class SettleThread implements Beside {
  wants: Beside["wants"] = [];
  private hasDns = false;
  /** Messages up to the last one that has the log emptied. */
  private emptying = 0;
  private readonly worker: Worker;
  private readonly port: MessagePort;
  private readonly done = new Int32Array(new SharedArrayBuffer(4));
  private readonly buffers: WindowBuffer[] = [];
  private sent = 0;

  constructor() {
    const program = path.join(projectRoot(), "build", "settle-worker.mjs");
    // A thread that cannot begin would be waited for in vain.
    if (!existsSync(program)) throw new Error(`${program} is missing: run npm start`);
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const start: ThreadStart = { port: port2, done: this.done };
    this.worker = new Worker(program, {
      workerData: start,
      transferList: [port2],
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 },
    });
    // It tells failures itself; what ends it without a word is found by waiting.
    this.worker.on("error", () => undefined);
  }

  /** Has what was committed so far of the capture brought from its log into its place. */
  emptyLog(capture: string): void {
    this.tell({ task: "checkpoint", capture });
    this.emptying = this.sent;
  }

  /** Before the first flows are shown. */
  begin(input: BesideInput): this {
    const { dns } = input;
    this.hasDns = dns !== undefined;
    this.wants = [
      ...new StepsBeside(input).wants,
      ...(dns === undefined ? [] : [{ ...dns, isPlain: false }]),
    ];
    this.tell({ task: "begin", input });
    return this;
  }

  show(window: FlowColumns, order: Uint32Array): void {
    this.waitFor(this.sent - BUFFERS + 1);
    const buffer = this.bufferFor(window.rows);
    buffer.flows.rows = 0;
    buffer.flows.append(window);
    buffer.order.set(order);
    this.send(buffer.flows, buffer.order.subarray(0, window.rows));
  }

  end(untimed: FlowColumns): BesideFound {
    const flows = new FlowColumns(untimed.rows, true);
    flows.append(untimed);
    this.send(flows, undefined);
    const sent = this.sent;
    // It goes on with DNS by itself.
    if (this.hasDns) this.tell({ task: "dns" });
    const answer = this.answer(sent);
    if (!("found" in answer)) throw new Error("the thread that settles gave another answer");
    return answer.found;
  }

  /** Behind `end`: waits for what was found of DNS. */
  endDns(): DnsFound {
    const answer = this.answer(this.sent);
    if (!("dns" in answer)) throw new Error("the thread that settles gave another answer");
    return answer.dns;
  }

  private answer(messages: number): Exclude<FromSettleThread, { failure: string }> {
    this.waitFor(messages);
    const answer = receiveMessageOnPort(this.port)?.message as FromSettleThread | undefined;
    if (answer === undefined) throw new Error("the thread that settles ended without an answer");
    if ("failure" in answer) throw new Error(answer.failure);
    return answer;
  }

  close(): void {
    // It is not ended while it writes.
    this.waitFor(this.emptying);
    this.port.close();
    void this.worker.terminate();
  }

  /** A window is larger than others only where more flows share one instant. */
  private bufferFor(rows: number): WindowBuffer {
    const turn = this.sent % BUFFERS;
    const known = this.buffers[turn];
    if (known !== undefined && known.flows.capacity >= rows) return known;
    const flows = new FlowColumns(rows, true);
    const buffer = { flows, order: new Uint32Array(new SharedArrayBuffer(rows * 4)) };
    this.buffers[turn] = buffer;
    return buffer;
  }

  private send({ bytes, capacity, rows }: FlowColumns, order: Uint32Array | undefined): void {
    this.post({ flows: bytes.buffer as SharedArrayBuffer, capacity, rows, order });
  }

  private tell(task: Task): void {
    this.post({ rows: undefined, order: undefined, ...task });
  }

  private post(message: ToSettleThread): void {
    this.port.postMessage(message);
    this.sent++;
  }

  private waitFor(messages: number): void {
    for (let done = Atomics.load(this.done, 0); done < messages; done = Atomics.load(this.done, 0))
      if (Atomics.wait(this.done, 0, done, PATIENCE_MS) === "timed-out")
        throw new Error("the thread that settles does not answer");
  }
}
