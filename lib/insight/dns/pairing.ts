/**
 * DNS questions and their answers, paired (flow-formats 8.5).
 *
 * A channel is what tells one question of a resolver library from another: client, its port, name and types.
 * Within a channel messages are taken by time. Three things have to be told apart:
 *
 * - *One message seen twice.* Proxies of both ends can log it, and a capture on the wire sees a packet at
 *   several points and nodes. A message is a further sighting of an earlier one when that has not been seen from
 *   the same place and is at most a second old (clocks of nodes differ), or when the same
 *   node saw the same packet within a millisecond. (Only of packets on the wire: a proxy logs each message once, and
 *   threads that share a socket can ask for one name at once.)
 * - *A question asked again.* Libraries ask again on the same port when no answer came, after a second at the
 *   earliest. An answer then belongs to the newest question; questions that are asked together, as from a socket
 *   that threads share, get theirs in order. In strict order, one lost answer would shift all that follow.
 * - *An answer that came too late.* The client gives up after five seconds: the question is unanswered, and
 *   the late answer stands with it.
 *
 * Pure; `byTime` orders messages so that the order of files and lines does not matter.
 */

import { byPreference, type DnsMessage } from "./message";

/** What became of one question; or an answer whose question is not in the log. */
export interface PairedExchange<Message extends DnsMessage = DnsMessage> {
  /** As the counted side saw it: the server's when both ends logged question and answer. */
  readonly request: Message | undefined;
  readonly response: Message | undefined;
  /** Response minus request on one node's clock; undefined when no node saw both. */
  readonly latencyNs: bigint | undefined;
  /** The answer came after the client's time-out. */
  readonly isLate: boolean;
}

/** The default time-out of resolver libraries. */
export const TIMEOUT_NS = 5_000_000_000n;
/** An answer that comes later than this belongs to nothing. */
const LATE_NS = 10_000_000_000n;
/** Two sightings of one message, by clocks of different nodes. */
const SIGHTING_NS = 1_000_000_000n;
/** Two sightings of one packet on one node (flow-formats 8.1). */
const SAME_PACKET_NS = 1_000_000n;
/** A question asked again waits at least this long: the smallest time-out that libraries have is a second. */
export const ASKED_AGAIN_NS = 900_000_000n;

/** So many exchanges of a channel are kept in mind: one name asked from one port, at a load test's pace. */
const IN_MIND = 512;

/** Pairs the messages of many channels, which come in the order of {@link byTime}. Memory is that of what is still open. */
export class Pairing<Message extends DnsMessage = DnsMessage> {
  private readonly channels = new Map<string, Sightings<Message>[]>();
  private closed: PairedExchange<Message>[] = [];

  add(channel: string, message: Message): void {
    let open = this.channels.get(channel);
    if (open === undefined) {
      open = [];
      this.channels.set(channel, open);
    }
    const known = message.isResponse ? answeredBy(open, message) : askedBy(open, message);
    if (known !== undefined) (message.isResponse ? known.responses : known.requests).push(message);
    else open.push(beginWith(message));
    if (open.length > 2 * IN_MIND) this.close(open, IN_MIND);
  }

  /** Exchanges that no message at `nowNs` or later can belong to. */
  takeClosed(nowNs: bigint): PairedExchange<Message>[] {
    for (const [channel, open] of this.channels) {
      const isOver = (one: Sightings): boolean => nowNs - beginOf(one) > LATE_NS + SIGHTING_NS;
      const firstOpen = open.findIndex((one) => !isOver(one));
      this.close(open, firstOpen < 0 ? open.length : firstOpen);
      if (open.length === 0) this.channels.delete(channel);
    }
    return this.take();
  }

  /** All others, when there are no more messages. */
  takeRest(): PairedExchange<Message>[] {
    for (const open of this.channels.values()) this.close(open, open.length);
    this.channels.clear();
    return this.take();
  }

  private close(open: Sightings<Message>[], count: number): void {
    for (const one of open.splice(0, count)) this.closed.push(toExchange(one));
  }

  private take(): PairedExchange<Message>[] {
    const taken = this.closed;
    this.closed = [];
    return taken;
  }
}

interface Sightings<Message extends DnsMessage = DnsMessage> {
  readonly requests: Message[];
  readonly responses: Message[];
}

function beginWith<Message extends DnsMessage>(message: Message): Sightings<Message> {
  return message.isResponse ? { requests: [], responses: [message] } : { requests: [message], responses: [] };
}

/** The exchange whose question this is one more sighting of. */
function askedBy<Message extends DnsMessage>(
  open: readonly Sightings<Message>[],
  message: Message,
): Sightings<Message> | undefined {
  return (
    open.find(({ requests }) => isSightingOf(requests, message)) ??
    // Its answer was seen first, by another node with another clock.
    open.find(
      ({ requests, responses }) =>
        requests.length === 0 &&
        responses.every(({ node }) => node !== message.node) &&
        isNear(responses, message, SIGHTING_NS),
    )
  );
}

/** The exchange that this answers, or whose answer it is one more sighting of. */
function answeredBy<Message extends DnsMessage>(
  open: readonly Sightings<Message>[],
  message: Message,
): Sightings<Message> | undefined {
  const seen = open.find(({ responses }) => isSightingOf(responses, message));
  if (seen !== undefined) return seen;
  const waiting = open.filter(
    ({ requests, responses }) => requests.length > 0 && responses.length === 0 && !isDenied(requests),
  );
  return newestInOrder(within(waiting, message, TIMEOUT_NS)) ?? within(waiting, message, LATE_NS)[0];
}

function isDenied(requests: readonly DnsMessage[]): boolean {
  return requests.some((request) => request.isDenied);
}

function within<Message extends DnsMessage>(
  waiting: readonly Sightings<Message>[],
  { timeNs }: DnsMessage,
  longest: bigint,
): Sightings<Message>[] {
  return waiting.filter(({ requests }) => timeNs - firstTime(requests) <= longest);
}

/** Of the questions that were asked together with the newest one, the first. */
function newestInOrder<Message extends DnsMessage>(
  waiting: readonly Sightings<Message>[],
): Sightings<Message> | undefined {
  const newest = waiting.at(-1);
  if (newest === undefined) return undefined;
  return waiting.find(({ requests }) => firstTime(newest.requests) - firstTime(requests) < ASKED_AGAIN_NS);
}

function beginOf({ requests, responses }: Sightings): bigint {
  return firstTime(requests.length > 0 ? requests : responses);
}

function isSightingOf(earlier: readonly DnsMessage[], message: DnsMessage): boolean {
  if (earlier.length === 0) return false;
  if (isNear(earlier, message, SIGHTING_NS) && earlier.every(({ place }) => place !== message.place))
    return true;
  return earlier.some(
    (one) =>
      message.isOnWire &&
      one.node === message.node &&
      one.server === message.server &&
      message.timeNs - one.timeNs <= SAME_PACKET_NS,
  );
}

function isNear(earlier: readonly DnsMessage[], { timeNs }: DnsMessage, most: bigint): boolean {
  return timeNs - firstTime(earlier) <= most;
}

/** Sightings are kept in order of time. */
function firstTime(sightings: readonly DnsMessage[]): bigint {
  const [first] = sightings;
  if (first === undefined) throw new Error("an exchange without messages");
  return first.timeNs;
}

function toExchange<Message extends DnsMessage>({
  requests,
  responses,
}: Sightings<Message>): PairedExchange<Message> {
  const measured = measure(requests, responses);
  return {
    request: measured?.request ?? byPreference(requests)[0],
    response: measured?.response ?? byPreference(responses)[0],
    latencyNs: measured && measured.response.timeNs - measured.request.timeNs,
    isLate:
      responses.length > 0 && requests.length > 0 && firstTime(responses) - firstTime(requests) > TIMEOUT_NS,
  };
}

/** Question and answer by one clock: of the side that counts, else of another that saw both. */
function measure<Message extends DnsMessage>(
  requests: readonly Message[],
  responses: readonly Message[],
): { readonly request: Message; readonly response: Message } | undefined {
  for (const request of byPreference(requests)) {
    const answers = responses.filter(({ node, timeNs }) => node === request.node && timeNs >= request.timeNs);
    const response = answers.find(({ place }) => place === request.place) ?? answers[0];
    if (response !== undefined) return { request, response };
  }
  return undefined;
}
