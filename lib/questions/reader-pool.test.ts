import { copyFileSync, existsSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { deleteCapture } from "@/lib/capture/capture-file";
import { line, lines, TestCapture, testFolder } from "@/lib/jobs/testing";
import type { FlowsParameters } from "./flows";
import type { QuestionName } from "./questions";
import { type PoolOptions, ReaderPool } from "./reader-pool";

function pool(options: Partial<PoolOptions> = {}): ReaderPool {
  const made = new ReaderPool({ threads: 1, deadlineMs: 20_000, queue: 100, ...options });
  onTestFinished(() => made.close());
  return made;
}

function capture(): TestCapture {
  const made = new TestCapture();
  made.add("a", lines(line(1), line(2)));
  return made;
}

const PAGE: FlowsParameters = { limit: 10, order: "asc", total: true };

/** Files that this process holds open, its threads included. */
function openFiles(file: string): string[] {
  const held = existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd") : [];
  return held.flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(file) ? [target] : [];
    } catch {
      return [];
    }
  });
}

describe("questions in threads", () => {
  it("are answered, several at once and one behind the other", async () => {
    const { file } = capture();
    const readers = pool({ threads: 2 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => readers.ask(file, "flows", PAGE)));
    for (const answer of answers)
      expect(answer).toMatchObject({ ok: true, value: { total: { records: 2 } } });
  });

  it("give their failures as values", async () => {
    const { file } = capture();
    const readers = pool();
    const folder = testFolder();
    const rubbish = path.join(folder, "rubbish.db");
    writeFileSync(rubbish, "rubbish ".repeat(1000));
    const missing = path.join(folder, "missing.db");
    expect(await readers.ask(file, "flow", { flowId: "x" })).toMatchObject({
      failure: { code: "flow_not_found" },
    });
    expect(await readers.ask(file, "flows", { ...PAGE, q: "x:y" })).toMatchObject({
      failure: { code: "filter_invalid" },
    });
    expect(await readers.ask(rubbish, "files", {})).toMatchObject({ failure: { code: "capture_damaged" } });
    expect(await readers.ask(missing, "files", {})).toMatchObject({ failure: { code: "capture_not_found" } });
    expect(existsSync(missing)).toBe(false);
    expect(await readers.ask(file, "files", {})).toMatchObject({ ok: true });
  });

  it("see a capture's file damaged under them as damage, not as a bug", async () => {
    const { file, database } = capture();
    const readers = pool();
    await readers.ask(file, "summarise", {});
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    writeFileSync(file, Buffer.alloc(200_000, 7));
    expect(await readers.ask(file, "flows", PAGE)).toMatchObject({ failure: { code: "capture_damaged" } });
  });

  it("find another capture of the same name when the first was deleted", async () => {
    const folder = testFolder();
    const first = new TestCapture(folder);
    first.add("a", lines(line(1)));
    const readers = pool({ threads: 2 });
    await Promise.all([readers.ask(first.file, "flows", PAGE), readers.ask(first.file, "flows", PAGE)]);
    first.database.close();
    deleteCapture(first.file);
    await readers.forget(first.file);
    expect(await readers.ask(first.file, "flows", PAGE)).toMatchObject({
      failure: { code: "capture_not_found" },
    });
    const second = new TestCapture(folder);
    second.add("a", lines(line(1), line(2), line(3)));
    for (let n = 0; n < 4; n++)
      expect(await readers.ask(second.file, "flows", PAGE)).toMatchObject({
        value: { total: { records: 3 } },
      });
  });

  it("let go of a file that is forgotten, so that its space on disk is free", async () => {
    const made = capture();
    made.database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    // One that nobody but the pool holds.
    const file = path.join(testFolder(), "copy.db");
    copyFileSync(made.file, file);
    const readers = pool({ threads: 2 });
    await Promise.all([readers.ask(file, "files", {}), readers.ask(file, "files", {})]);
    if (existsSync("/proc/self/fd")) expect(openFiles(file).length).toBeGreaterThan(0);
    await readers.forget(file);
    expect(openFiles(file)).toEqual([]);
    expect(await readers.ask(made.file, "files", {})).toMatchObject({ ok: true });
  });

  it("under way while their file is forgotten are still answered", async () => {
    const { file } = capture();
    const readers = pool();
    const asked = readers.ask(file, "flows", PAGE);
    await readers.forget(file);
    expect(await asked).toMatchObject({ ok: true });
  });
});

describe("a bound", () => {
  it("on waiting questions refuses those beyond it", async () => {
    const { file } = capture();
    const readers = pool({ queue: 2 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => readers.ask(file, "files", {})));
    expect(answers.map((answer) => (answer.ok ? "answered" : answer.failure.code))).toEqual([
      "answered",
      "answered",
      "answered",
      "too_busy",
      "too_busy",
    ]);
    expect(await readers.ask(file, "files", {})).toMatchObject({ ok: true });
  });

  it("on time answers in its stead, again and again", async () => {
    const { file } = capture();
    // A thread takes longer than this to start.
    const readers = pool({ deadlineMs: 1, threads: 1 });
    for (let n = 0; n < 3; n++)
      expect(await readers.ask(file, "files", {})).toMatchObject({
        failure: { code: "question_timeout", message: expect.stringContaining("No answer within") },
      });
  });
});

describe("cancelling a question", () => {
  it("answers at once, whether it runs or waits, and the next one is answered", async () => {
    const { file } = capture();
    const readers = pool();
    const [running, waiting, before] = [new AbortController(), new AbortController(), new AbortController()];
    before.abort();
    const asked = [
      readers.ask(file, "files", {}, running.signal),
      readers.ask(file, "files", {}, waiting.signal),
      readers.ask(file, "files", {}, before.signal),
      readers.ask(file, "files", {}),
    ];
    running.abort();
    waiting.abort();
    const answers = await Promise.all(asked);
    expect(answers.map((answer) => (answer.ok ? "answered" : answer.failure.code))).toEqual([
      "question_timeout",
      "question_timeout",
      "question_timeout",
      "answered",
    ]);
  });

  it("that was answered changes nothing", async () => {
    const { file } = capture();
    const readers = pool();
    const signal = new AbortController();
    await readers.ask(file, "files", {}, signal.signal);
    signal.abort();
    expect(await readers.ask(file, "files", {})).toMatchObject({ ok: true });
  });
});

describe("slow questions", () => {
  /** A thread that sleeps as long as its question says, looking up now and then when it may give up. */
  const SLEEPER = `
    import { parentPort, workerData } from "node:worker_threads";
    const bell = new Int32Array(new SharedArrayBuffer(4));
    parentPort.on("message", ({ close, id, ask }) => {
      if (close) return parentPort.close();
      const end = performance.now() + ask.ms;
      while (performance.now() < end && !(ask.looksUp && Atomics.load(workerData.unwanted, 0) === id))
        Atomics.wait(bell, 0, 0, 5);
      parentPort.postMessage({ id, result: { ok: true, value: ask.ms } });
    });`;

  function sleepers(options: Partial<PoolOptions> = {}) {
    const program = path.join(testFolder(), "sleeper.mjs");
    writeFileSync(program, SLEEPER);
    const readers = pool({ ...options, program });
    const answered: string[] = [];
    const sleep = async (
      name: string,
      ms: number,
      more: { looksUp?: boolean; signal?: AbortSignal } = {},
    ) => {
      const ask = { ms, looksUp: more.looksUp ?? false } as unknown as Record<string, never>;
      const answer = await readers.ask(name.slice(0, 1), "files", ask, more.signal);
      answered.push(answer.ok ? name : `${name}: ${answer.failure.code}`);
    };
    return { readers, answered, sleep };
  }

  it("of one capture take turns with those of others", async () => {
    const { answered, sleep } = sleepers();
    await Promise.all(["a1", "a2", "a3", "b1", "c1"].map((name) => sleep(name, 20)));
    expect(answered).toEqual(["a1", "b1", "a2", "c1", "a3"]);
  });

  it("that nobody wants are given up at the next look, and their thread goes on", async () => {
    const { readers, answered, sleep } = sleepers();
    const gone = new AbortController();
    const asked = [sleep("a1", 60_000, { looksUp: true, signal: gone.signal }), sleep("b1", 1)];
    await sleepingFor(100);
    gone.abort();
    await Promise.all(asked);
    expect(answered).toEqual(["a1: question_timeout", "b1"]);
    expect(readers.state()).toMatchObject({ running: 0, waiting: 0, retired: 0 });
    expect(readers.statistics.counts()).toEqual([
      { question: "files", outcome: "cancelled", count: 1 },
      { question: "files", outcome: "answered", count: 1 },
    ]);
  });

  it("that nobody wants and that cannot be given up cost their thread when others have waited a second", async () => {
    const { readers, answered, sleep } = sleepers();
    const gone = new AbortController();
    const asked = [sleep("a1", 4000, { signal: gone.signal }), sleep("b1", 1)];
    await sleepingFor(100);
    gone.abort();
    await Promise.all(asked);
    expect(answered).toEqual(["a1: question_timeout", "b1"]);
    expect(readers.state()).toMatchObject({ waiting: 0, retired: 1 });
  });

  it("beyond their deadline cost at most four threads; then the others wait", async () => {
    const { readers, answered, sleep } = sleepers({ deadlineMs: 600 });
    for (let n = 0; n < 5; n++) await sleep("a1", 5000);
    expect(answered).toEqual(Array(5).fill("a1: question_timeout"));
    // The fifth is still inside its thread: what comes now waits for it, within its own deadline.
    expect(readers.state()).toMatchObject({ running: 1, retired: 4 });
    const next = sleep("b1", 1);
    expect(readers.state()).toMatchObject({ waiting: 1 });
    await next;
    expect(answered.at(-1)).toBe("b1");
    expect(readers.statistics.counts()).toEqual([
      { question: "files", outcome: "question_timeout", count: 5 },
      { question: "files", outcome: "answered", count: 1 },
    ]);
  });

  it("are counted by name, with how they ended and how long they took", async () => {
    const { readers, sleep } = sleepers({ deadlineMs: 1500 });
    await sleep("a1", 30);
    await sleep("a2", 5000);
    expect(readers.statistics.counts()).toEqual([
      { question: "files", outcome: "answered", count: 1 },
      { question: "files", outcome: "question_timeout", count: 1 },
    ]);
    const [times] = readers.statistics.times();
    expect(times?.durations.count).toBe(2);
    expect(times?.durations.sumSeconds).toBeGreaterThan(1.53);
    // Both within 30 s; the second not within 0.15 s.
    expect(times?.durations.atMost.at(-1)).toBe(2);
    expect(times?.durations.atMost[3]).toBeLessThan(2);
  });
});

const sleepingFor = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("a thread that dies", () => {
  /** Object itself as the question: its answer is an open capture, which no thread can send. */
  const deadly = "constructor" as QuestionName;

  it("costs its own question, not those behind it", async () => {
    const { file } = capture();
    const readers = pool();
    const [died, next] = await Promise.all([readers.ask(file, deadly, {}), readers.ask(file, "files", {})]);
    expect(died).toMatchObject({ ok: false, failure: { code: "internal" } });
    expect(next).toMatchObject({ ok: true });
  });

  it("again and again is made anew again and again", async () => {
    const { file } = capture();
    const readers = pool({ threads: 2 });
    for (let n = 0; n < 5; n++) await readers.ask(file, deadly, {});
    expect(await readers.ask(file, "files", {})).toMatchObject({ ok: true });
  });
});

describe("a closed pool", () => {
  it("answers what waits and what comes, and ends its threads", async () => {
    const { file } = capture();
    const readers = pool();
    const asked = [readers.ask(file, "files", {}), readers.ask(file, "files", {})];
    await readers.close();
    for (const answer of await Promise.all(asked))
      expect(answer).toMatchObject({ failure: { code: "too_busy" } });
    expect(await readers.ask(file, "files", {})).toMatchObject({ failure: { code: "too_busy" } });
  });
});
