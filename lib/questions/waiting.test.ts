import { describe, expect, it } from "vitest";
import { WaitingQuestions } from "./waiting";

interface Job {
  readonly file: string;
  readonly n: number;
  readonly rank: number;
  readonly askedAt: number;
}

const job = (text: string, rank = 1, askedAt = 0): Job => ({
  ...{ file: text.slice(0, 1), n: Number(text.slice(1)) },
  ...{ rank, askedAt },
});

function waiting(texts: string, room = 100): { queue: WaitingQuestions<Job>; jobs: Job[] } {
  const queue = new WaitingQuestions<Job>(room, () => 0);
  const jobs = texts.split(" ").map((text) => job(text));
  for (const one of jobs) queue.push(one);
  return { queue, jobs };
}

function drain(queue: WaitingQuestions<Job>): string {
  const taken: string[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift())
    taken.push(`${next.file}${next.n}`);
  return taken.join(" ");
}

describe("waiting questions", () => {
  it.each([
    ["a1 a2 a3", "a1 a2 a3"],
    ["a1 a2 a3 b1", "a1 b1 a2 a3"],
    ["a1 a2 a3 b1 b2 c1", "a1 b1 c1 a2 b2 a3"],
  ])("of captures take turns: %s", (pushed, taken) => {
    expect(drain(waiting(pushed).queue)).toBe(taken);
  });

  it("that were taken let the next capture go first, also for one that comes later", () => {
    const { queue } = waiting("a1 a2 b1");
    expect(queue.shift()).toEqual(job("a1"));
    queue.push(job("c1"));
    expect(drain(queue)).toBe("b1 a2 c1");
  });

  it("do not go first again when their queue was empty in between", () => {
    const { queue } = waiting("a1");
    expect(queue.shift()).toEqual(job("a1"));
    for (const one of ["a2", "a3", "b1", "c1"]) queue.push(job(one));
    expect(drain(queue)).toBe("b1 a2 c1 a3");
  });

  it("of one capture are taken by rank, and in the order in which they came", () => {
    const { queue } = waiting("b1");
    for (const one of [job("a1", 2), job("a2"), job("a3", 0), job("a4"), job("a5", 0)]) queue.push(one);
    expect(drain(queue)).toBe("b1 a3 a5 a2 a4 a1");
  });

  it("that have waited for a second are not passed any more", () => {
    let now = 500;
    const queue = new WaitingQuestions<Job>(100, () => now);
    for (const one of [job("a1", 2, 0), job("a2", 0, 400), job("a3", 0, 500)]) queue.push(one);
    expect(queue.shift()).toMatchObject({ n: 2 });
    now = 1000;
    expect(drain(queue)).toBe("a1 a3");
  });

  it("are taken out where they stand, once", () => {
    const { queue, jobs } = waiting("a1 a2 b1");
    expect(queue.remove(jobs[1] as Job)).toBe(true);
    expect(queue.remove(jobs[1] as Job)).toBe(false);
    expect(queue.remove(jobs[2] as Job)).toBe(true);
    expect(queue.size).toBe(1);
    expect(drain(queue)).toBe("a1");
  });

  it("of one capture leave a tenth of the room to the others", () => {
    const { queue } = waiting(Array.from({ length: 18 }, (_, n) => `a${n}`).join(" "), 20);
    expect([queue.hasRoom("a"), queue.hasRoom("b")]).toEqual([false, true]);
    queue.push(job("b1"));
    queue.push(job("b2"));
    expect([queue.hasRoom("b"), queue.hasRoom("c")]).toEqual([false, false]);
  });

  it("are all given back at the end", () => {
    const { queue } = waiting("a1 b1 a2");
    expect(queue.clear()).toHaveLength(3);
    expect([queue.size, queue.shift()]).toEqual([0, undefined]);
  });
});
