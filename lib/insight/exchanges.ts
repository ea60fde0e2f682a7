/**
 * Requests and their answers: L7 records paired, and the same request seen by two proxies counted once.
 *
 * An answer belongs to the open request of its connection, node and side that has its key (X-Request-Id, Kafka's
 * correlation id); else, of those that have no key to compare, to the oldest with its method and URL. What waited
 * longer than {@link LONGEST_WAIT_SECONDS} stays without answer.
 *
 * A proxy refuses with 403, at once. So any other answer belongs to no refused request; and a 403 without a key is a refused
 * one's if nothing was asked since, else the server's: of the refusal the log then holds the request alone, as Hubble writes it.
 *
 * A request id can travel on to other services, so it is compared within a connection only; and for two sides of one
 * request within the same client, method and URL. Where both proxies log a request, the server's side (INGRESS) counts;
 * a request that the client's proxy refused never comes to the other. Where the records name no side (printed, masked),
 * those of two nodes are those of two proxies, and the later one counts; on one node, or on nodes without a name, two that
 * are alike may be one or two: both count, and each names the other.
 *
 * Kafka's proxy logs a request for several topics once for each, at the same moment, and its answer once, without a topic:
 * that is the answer to all of them.
 *
 * Rows come in the order of time; what is held is what is open, and what is younger than the time in which the other
 * side may still show up.
 */

export type Side = "INGRESS" | "EGRESS" | "unknown";

/** An L7 record of a connection with ports. */
export interface ExchangeRow {
  /** Row id of its flow. */
  readonly id: number;
  readonly second: number;
  readonly nano: number;
  readonly isRequest: boolean;
  /** Requests only: verdict DROPPED. */
  readonly isDenied: boolean;
  /** Answers only: a proxy may have given it to what it refused. */
  readonly mayRefuse: boolean;
  readonly side: Side;
  /** {@link NO_NODE} where the record names none. */
  readonly node: number;
  /** Numbers of addresses. */
  readonly client: number;
  readonly clientPort: number;
  readonly server: number;
  readonly serverPort: number;
  /** X-Request-Id or correlation id, as a number. */
  readonly key: bigint | undefined;
  /** Method and URL, or API key and topic: equal in a request and its answer. Undefined where the record has neither. */
  readonly subject: string | undefined;
  /** An answer that names no topic: it is that of all topics of the request with its key. */
  readonly isForAllTopics: boolean;
}

export interface Exchange<Row extends ExchangeRow = ExchangeRow> {
  readonly request: Row | undefined;
  readonly response: Row | undefined;
  /** Anchor of the same exchange at the other side; of what may be the same, where both count. */
  readonly twin: number | undefined;
  /** False at the side that does not count because the other does. */
  readonly isCounted: boolean;
}

/** No longer than an attempt may be silent: settling again never has to look further. */
const LONGEST_WAIT_SECONDS = 65;
/** How far the two proxies' records of one request lie apart at most, their clocks included. */
const TWIN_SECONDS_BY_KEY = 5;
const TWIN_SECONDS_BY_SUBJECT = 1;
/** How far the records of one request for several topics lie apart: the proxy writes them one after the other. */
const TOPICS_SECONDS = 0.01;
const NO_NODE = 0;
/** Exchanges held at one moment; beyond it the oldest are given out as they are. */
const HELD = 200_000;
/** Open requests of one connection that an answer is compared with; no client waits for more. */
const OPEN_PER_CONNECTION = 1000;

interface Held<Row extends ExchangeRow = ExchangeRow> {
  request: Row | undefined;
  response: Row | undefined;
  twin: Held<Row> | undefined;
  isCounted: boolean;
  isOut: boolean;
}

const anchorOf = <Row extends ExchangeRow>(held: Held<Row>): Row => (held.request ?? held.response) as Row;
const isAsked = (held: Held): boolean => !held.isOut && held.response === undefined;
const isAlone = (held: Held): boolean => !held.isOut && held.twin === undefined;

export class ExchangePairer<Row extends ExchangeRow = ExchangeRow> {
  /** Requests without an answer yet, by connection, node and side. */
  private readonly open = new Queues<Row>(isAsked);
  /** What the other side could be the twin of, by what both have in common. */
  private readonly alone = new Queues<Row>(isAlone);
  /** In the order of their anchors. */
  private held: Held<Row>[] = [];
  private next = 0;

  constructor(
    private readonly finished: (exchange: Exchange<Row>) => void,
    private readonly limit = HELD,
  ) {}

  add(row: Row): void {
    this.giveOut(row.second);
    if (row.isRequest) {
      const held = this.hold(row, undefined);
      this.open.push(connectionOf(row), held, OPEN_PER_CONNECTION);
      return;
    }
    const asked = this.justRefused(row) ?? this.open.find(connectionOf(row), requestOf(row));
    if (asked === undefined) this.hold(undefined, row);
    else this.answer(asked, row);
  }

  /** The request that an answer without a key refuses: the last one that it fits. */
  private justRefused(response: Row): Held<Row> | undefined {
    if (!response.mayRefuse || response.key !== undefined) return undefined;
    const last = this.open.all(connectionOf(response)).findLast(isOfSubject(response));
    return last?.request?.isDenied ? last : undefined;
  }

  private answer(asked: Held<Row>, response: Row): void {
    asked.response = response;
    if (!response.isForAllTopics) return;
    const first = asked.request as Row;
    for (const other of this.open.all(connectionOf(response)))
      if (isOtherTopic(first, other.request)) other.response = response;
  }

  end(): void {
    for (; this.next < this.held.length; this.next++) this.emit(this.held[this.next] as Held<Row>);
    this.held = [];
    this.next = 0;
  }

  private hold(request: Row | undefined, response: Row | undefined): Held<Row> {
    const held = { request, response, twin: undefined, isCounted: true, isOut: false };
    this.held.push(held);
    this.matchTwin(held);
    return held;
  }

  private matchTwin(held: Held<Row>): void {
    const row = anchorOf(held);
    if (row.side === "EGRESS" && row.isDenied) return;
    const twin = this.alone.find(`${OTHER_SIDE[row.side]} ${sharedOf(row)}`, testsOfTwin(row));
    if (twin === undefined) this.alone.push(`${row.side} ${sharedOf(row)}`, held, HELD);
    else {
      held.twin = twin;
      twin.twin = held;
      if (row.side === "EGRESS") held.isCounted = false;
      else if (row.side === "INGRESS" || anchorOf(twin).node !== row.node) twin.isCounted = false;
    }
  }

  /** Gives out what nothing can change any more. */
  private giveOut(second: number): void {
    for (; this.next < this.held.length; this.next++) {
      const held = this.held[this.next] as Held<Row>;
      const age = second - anchorOf(held).second;
      const isFull = this.held.length - this.next > this.limit;
      const mayChange = held.response === undefined ? LONGEST_WAIT_SECONDS : TWIN_SECONDS_BY_KEY;
      // One second more, because times are compared without their fractions here.
      if (age <= mayChange + 1 && !isFull) break;
      this.emit(held);
    }
    if (this.next > 4096 && this.next * 2 > this.held.length) {
      this.held = this.held.slice(this.next);
      this.next = 0;
    }
  }

  private emit(held: Held<Row>): void {
    const row = anchorOf(held);
    const { request, response, twin, isCounted } = held;
    held.isOut = true;
    this.open.trim(connectionOf(row));
    this.alone.trim(`${row.side} ${sharedOf(row)}`);
    this.finished({
      request,
      response,
      twin: twin === undefined ? undefined : anchorOf(twin).id,
      isCounted,
    });
  }
}

type Test = (held: Held) => boolean;

const OTHER_SIDE: Readonly<Record<Side, Side>> = {
  INGRESS: "EGRESS",
  EGRESS: "INGRESS",
  unknown: "unknown",
};

/** What can be the same exchange at the other proxy, surest first. */
function testsOfTwin(row: ExchangeRow): Test[] {
  const reach = row.key === undefined ? TWIN_SECONDS_BY_SUBJECT : TWIN_SECONDS_BY_KEY;
  const isNear: Test = (waiting) => isWithin(anchorOf(waiting), row, reach);
  if (row.side !== "unknown") return [isNear];
  // Refused by the client's proxy, it never came to another.
  const mayGoOn: Test = (waiting) => !anchorOf(waiting).isDenied && isNear(waiting);
  const isElsewhere = ({ node }: ExchangeRow): boolean =>
    node !== NO_NODE && row.node !== NO_NODE && node !== row.node;
  // By one clock, the client's proxy has no answer before the server's asked.
  const isOver = ({ request, response }: Held): boolean =>
    row.node !== NO_NODE && request !== undefined && response !== undefined;
  return [
    (waiting) => isElsewhere(anchorOf(waiting)) && mayGoOn(waiting),
    (waiting) => anchorOf(waiting).node === row.node && !isOver(waiting) && mayGoOn(waiting),
  ];
}

/** What fits a response, best first: the request with its key; else the oldest with nothing that differs. */
function requestOf(response: ExchangeRow): Test[] {
  const { key, subject } = response;
  const mayBe = isOfSubject(response);
  const isServed: Test = (held) => held.request?.isDenied === false && mayBe(held);
  const inOrder = response.mayRefuse ? [isServed, mayBe] : [isServed];
  if (key === undefined) return inOrder;
  const hasKey: Test = ({ request }) => request?.key === key && mayAnswer(request, response);
  const isIt: Test = (held) => held.request?.subject === subject && hasKey(held);
  return subject === undefined ? [hasKey, ...inOrder] : [isIt, hasKey, ...inOrder];
}

/** Nothing that both name differs. */
function isOfSubject(response: ExchangeRow): Test {
  const { key, subject } = response;
  return ({ request }) =>
    request !== undefined &&
    (key === undefined || request.key === undefined) &&
    (subject === undefined || request.subject === undefined || request.subject === subject) &&
    mayAnswer(request, response);
}

function mayAnswer(request: ExchangeRow, response: ExchangeRow): boolean {
  return (response.mayRefuse || !request.isDenied) && isWithin(request, response, LONGEST_WAIT_SECONDS);
}

function isOtherTopic(first: ExchangeRow, other: ExchangeRow | undefined): boolean {
  return (
    other !== undefined &&
    other.key === first.key &&
    other.subject !== first.subject &&
    isWithin(first, other, TOPICS_SECONDS)
  );
}

/** Lists by key, oldest first; what is not waiting any more is passed over and goes when it is at the front. */
class Queues<Row extends ExchangeRow> {
  private readonly lists = new Map<string, { items: Held<Row>[]; head: number }>();

  constructor(private readonly isWaiting: Test) {}

  /** Of more than `most`, the oldest go. */
  push(key: string, held: Held<Row>, most: number): void {
    let list = this.lists.get(key);
    if (list === undefined) {
      list = { items: [], head: 0 };
      this.lists.set(key, list);
    }
    list.items.push(held);
    if (list.items.length - list.head > most) list.head++;
  }

  /** The first that passes the first test that any passes. */
  find(key: string, tests: readonly Test[]): Held<Row> | undefined {
    this.trim(key);
    const list = this.lists.get(key);
    if (list === undefined) return undefined;
    for (const test of tests) {
      for (let at = list.head; at < list.items.length; at++) {
        const held = list.items[at] as Held<Row>;
        if (this.isWaiting(held) && test(held)) return held;
      }
    }
    return undefined;
  }

  /** All that wait, oldest first. */
  all(key: string): Held<Row>[] {
    const list = this.lists.get(key);
    return list === undefined ? [] : list.items.slice(list.head).filter((held) => this.isWaiting(held));
  }

  trim(key: string): void {
    const list = this.lists.get(key);
    if (list === undefined) return;
    while (list.head < list.items.length && !this.isWaiting(list.items[list.head] as Held<Row>)) list.head++;
    if (list.head === list.items.length) this.lists.delete(key);
    else if (list.head > 64 && list.head * 2 > list.items.length) {
      list.items = list.items.slice(list.head);
      list.head = 0;
    }
  }
}

/** A request and its answer have this in common, and no record of another proxy. */
function connectionOf({ client, clientPort, server, serverPort, node, side }: ExchangeRow): string {
  return `${client} ${clientPort} ${server} ${serverPort} ${node} ${side}`;
}

/** Both proxies' records of a request have this in common. A proxy may open its own connection: no client port. */
function sharedOf({ client, server, serverPort, key, subject, isRequest }: ExchangeRow): string {
  const what = key === undefined ? `${server} ${serverPort}` : `#${key}`;
  return `${isRequest ? "?" : "!"} ${client} ${what} ${subject ?? ""}`;
}

function isWithin(a: ExchangeRow, b: ExchangeRow, seconds: number): boolean {
  return Math.abs((a.second - b.second) * 1e9 + a.nano - b.nano) <= seconds * 1e9;
}
