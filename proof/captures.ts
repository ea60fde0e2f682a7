/** Captures to prove things about, asked as the interface asks. */

import { deepStrictEqual } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, onTestFinished } from "vitest";
import type { z } from "zod";
import { switchRollUps, timesRollUpsReady } from "@/lib/capture/roll-ups-ready";
import type { Call } from "@/lib/interface/call";
import { CALLS } from "@/lib/interface/calls";
import { differenceFrom } from "@/lib/interface/check-answer";
import { type AtEnd, TestCapture, testFolder } from "@/lib/jobs/testing";
import { OpenCapture } from "@/lib/questions/open-capture";
import { type Answer, type Ask, QUESTIONS, type QuestionName } from "@/lib/questions/questions";
import { generate, plan } from "@/scripts/generator/generate";
import type { Truth } from "@/scripts/generator/truth";

type Texts = Readonly<Record<string, string>>;
/** Questions that are calls of the same name. */
export type Asked = keyof typeof CALLS & QuestionName;

export interface Log {
  readonly name: string;
  readonly text: string;
}

function reader({ file }: TestCapture): OpenCapture {
  const opened = OpenCapture.open(file);
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

function withoutRollUps<T>(work: () => T): T {
  switchRollUps(false);
  try {
    return work();
  } finally {
    switchRollUps(true);
  }
}

/**
 * Runs work over an open capture and tells whether roll-ups had a part in it, be it by a value that was kept. Where they had
 * none, the flows would be asked the same once more, on the same file by the same statements.
 */
function watchRollUps(open: OpenCapture): <T>(work: () => T) => { readonly value: T; hadPart: boolean } {
  const kept = new Set<string>();
  let hadPart = false;
  const watch = <T>(work: () => T) => {
    const [before, outer] = [timesRollUpsReady(), hadPart];
    hadPart = false;
    const value = work();
    const own = hadPart || timesRollUpsReady() > before;
    hadPart = outer || own;
    return { value, hadPart: own };
  };
  const keep = open.keep.bind(open);
  open.keep = <T>(key: string, work: () => T): T => {
    const { value, hadPart: isRolled } = watch(() => keep(key, work));
    if (isRolled) kept.add(key);
    hadPart ||= kept.has(key);
    return value;
  };
  return watch;
}

/** A capture of these files, in this order. */
export class ProofCapture {
  readonly capture: TestCapture;
  private readonly open: OpenCapture;
  private readonly watch: ReturnType<typeof watchRollUps>;
  /** Reads no roll-ups. */
  private readonly flowsOnly: OpenCapture;

  constructor(logs: readonly Log[], atEnd: AtEnd = onTestFinished) {
    this.capture = new TestCapture(testFolder(atEnd), undefined, atEnd);
    for (const { name, text } of logs) this.capture.add(name, text);
    this.open = reader(this.capture);
    this.watch = watchRollUps(this.open);
    this.flowsOnly = reader(this.capture);
    atEnd(() => {
      this.open.close();
      this.flowsOnly.close();
    });
  }

  /**
   * Reads the parameters and checks the answer by the call's row. Throws on a refusal, and where roll-ups answer otherwise
   * than the flows: so whatever is proved is proved of both. Where no roll-up had a part, there is one answer only.
   */
  ask<Name extends Asked>(name: Name, parameters: Texts = {}): Answer<Name> {
    const call: Call = CALLS[name];
    const query = call.query.strict().parse(parameters);
    // What the routes do with texts that are no texts to the questions.
    const asked = ("total" in query
      ? { ...query, total: query.total === "true" }
      : query) as unknown as Ask<Name>;
    const read = QUESTIONS[name];
    const { value: answer, hadPart } = this.watch(() => this.open.ask((open) => read(open, asked)));
    if (hadPart)
      deepStrictEqual(
        answer,
        withoutRollUps(() => this.flowsOnly.ask((open) => read(open, asked))),
      );
    if (!answer.ok)
      throw new Error(
        `${name} ${JSON.stringify(parameters)}: ${answer.failure.code} ${answer.failure.message}`,
      );
    const kind = call.answers[200];
    if (kind?.kind !== "json") throw new Error(`${name} answers no JSON`);
    const difference = differenceFrom(kind.schema as z.ZodType, answer.value);
    if (difference !== undefined) throw new Error(`${name}: ${difference}`);
    return answer.value;
  }

  /** A cause of drops, which is asked for by its address. */
  explain(causeId: string): Answer<"dropCause"> {
    const answer = this.open.ask((open) => QUESTIONS.dropCause(open, { causeId, buckets: 30 }));
    if (!answer.ok) throw new Error(answer.failure.message);
    const kind = CALLS.dropCause.answers[200];
    const difference = kind?.kind === "json" ? differenceFrom(kind.schema, answer.value) : "no JSON";
    if (difference !== undefined) throw new Error(`dropCause: ${difference}`);
    return answer.value;
  }

  /** The missing rules of causes. */
  policies(causes: readonly string[], dialect: "cilium" | "kubernetes"): Answer<"dropPolicies"> {
    const answer = this.open.ask((open) => QUESTIONS.dropPolicies(open, { causes, dialect }));
    if (!answer.ok) throw new Error(answer.failure.message);
    const kind = CALLS.dropPolicies.answers[200];
    const difference = kind?.kind === "json" ? differenceFrom(kind.schema, answer.value) : "no JSON";
    if (difference !== undefined) throw new Error(`dropPolicies: ${difference}`);
    return answer.value;
  }

  /** Every flow of a scope, page by page. */
  walk(parameters: Texts = {}): Answer<"flows">["flows"] {
    const flows: Answer<"flows">["flows"] = [];
    let cursor: string | null = null;
    do {
      const from: Texts = cursor === null ? {} : { cursor };
      const page: Answer<"flows"> = this.ask("flows", {
        limit: "500",
        total: "false",
        ...parameters,
        ...from,
      });
      flows.push(...page.flows);
      cursor = page.next;
    } while (cursor !== null);
    return flows;
  }
}

/**
 * Called at the top of a test file. Answers the capture of some logs, made once for all tests of the file, none of which
 * may change it: taking the logs in and settling them costs more than most questions.
 */
export function sharedProofs(): (logs: readonly Log[]) => ProofCapture {
  const proofs = new Map<readonly Log[], ProofCapture>();
  const ends: (() => void)[] = [];
  afterAll(() => {
    // The last first: a capture is closed before its folder goes.
    for (const end of ends.reverse()) end();
  });
  return (logs) => {
    const proof = proofs.get(logs) ?? new ProofCapture(logs, (end) => ends.push(end));
    proofs.set(logs, proof);
    return proof;
  };
}

const REAL = path.resolve(import.meta.dirname, "../../shared/data/real/flows");

/** Logs that nobody here wrote; none where they are not there. */
export const REAL_LOGS: readonly Log[] = existsSync(REAL)
  ? readdirSync(REAL)
      .sort()
      .map((name) => ({ name, text: readFileSync(path.join(REAL, name), "utf8") }))
  : [];

/**
 * How many of so many random scopes these logs need: a real log alone has a hundred or two records, and stands once more
 * among all of them together.
 */
export function runsFor(logs: readonly Log[], most: number): number {
  const [log] = logs;
  return logs.length === 1 && log !== undefined && REAL_LOGS.includes(log) ? Math.ceil(most / 3) : most;
}

/** A log of the generator, one file per node, with what it knows about it. */
export async function generateLogs(
  seed: number,
  records: number,
): Promise<{ readonly logs: readonly Log[]; readonly truth: Truth }> {
  const settings = plan({ seed, nodes: 3, minutes: null, records, bytes: null });
  const files: string[][] = [[], [], []];
  const sink = {
    write: (node: number, line: string) => files[node]?.push(line),
    ready: () => Promise.resolve(),
  };
  const truth = await generate(settings, sink, () => []);
  return { logs: files.map((lines, n) => ({ name: `node-${n + 1}.log`, text: textOf(lines) })), truth };
}

export function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

export function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
