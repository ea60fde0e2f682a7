/** Questions that are not new: asked again because no answer came, or passed on by a resolver to the next one. */

import { groupBy } from "@/lib/base/group";
import { firstAtOrAfter } from "./in-time";
import { ASKED_AGAIN_NS, TIMEOUT_NS } from "./pairing";

/** A question with who asked whom, as numbers that are equal for equal pods. */
export interface Question {
  readonly id: number;
  readonly client: number;
  readonly server: number | null;
  /** Name and types: equal for equal questions. */
  readonly what: string;
  readonly askedNs: bigint;
  readonly answeredNs: bigint | undefined;
  readonly isRefused: boolean;
}

/** Nobody waits longer than this to ask again: three time-outs. */
const LONGEST_WAIT_NS = 3n * TIMEOUT_NS;

/**
 * For each question that repeats one without an answer: the one it repeats. Same client, name and types, from
 * whatever port; asked a time-out later, while there was no answer yet. Questions in the order of time.
 */
export function findRetries(questions: readonly Question[]): Map<number, number> {
  const retries = new Map<number, number>();
  const latest = new Map<string, Question[]>();
  for (const question of questions) {
    const key = `${question.client} ${question.what}`;
    const earlier = (latest.get(key) ?? []).filter(
      ({ askedNs }) => question.askedNs - askedNs <= LONGEST_WAIT_NS,
    );
    const repeated = earlier.findLast((one) => isWaitingFor(one, question));
    if (repeated !== undefined) retries.set(question.id, repeated.id);
    latest.set(key, [...earlier.slice(-KEPT), question]);
  }
  return retries;
}

/** Equal questions of one client that are kept in mind. */
const KEPT = 32;

function isWaitingFor(one: Question, { askedNs }: Question): boolean {
  return (
    !one.isRefused &&
    askedNs - one.askedNs >= ASKED_AGAIN_NS &&
    (one.answeredNs === undefined || one.answeredNs > askedNs)
  );
}

/** Clocks of two nodes may differ by this much. */
const SKEW_NS = 50_000_000n;

/**
 * Questions of a resolver (node-local cache, CoreDNS) that only pass on what a client has asked it just before: the
 * second hop of the same query, not a second client (flow-formats 8.7). Questions in the order of time.
 */
export function findSecondHops(questions: readonly Question[]): Set<number> {
  const asked = groupBy(
    questions.filter(({ server }) => server !== null),
    ({ server, what }) => `${server} ${what}`,
  );
  const hops = new Set<number>();
  for (const question of questions) {
    const toClient = asked.get(`${question.client} ${question.what}`) ?? [];
    if (passesOn(toClient, question)) hops.add(question.id);
  }
  return hops;
}

function passesOn(toClient: readonly Question[], { client, askedNs }: Question): boolean {
  for (let at = firstAtOrAfter(toClient, askedNs - TIMEOUT_NS); at < toClient.length; at++) {
    const first = toClient[at];
    if (first === undefined || first.askedNs > askedNs + SKEW_NS) return false;
    if (first.client !== client) return true;
  }
  return false;
}
