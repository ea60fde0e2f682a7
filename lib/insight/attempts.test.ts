import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AttemptKind, BIT, kindBits, tieRank, VERDICT_RANK } from "./attempt-kind";
import { AttemptStitcher, type Piece } from "./attempts";

/** One flow of a drawing. */
interface Row {
  readonly id: number;
  /** Nanoseconds. */
  readonly at: number;
  readonly node: number;
  readonly source: readonly [address: number, port: number];
  readonly destination: readonly [address: number, port: number];
  readonly bits: number;
}

const kind: AttemptKind = {
  protocol: "TCP",
  type: "L3_L4",
  verdict: "FORWARDED",
  dropCode: null,
  trafficDirection: "EGRESS",
  tcpFlags: "",
  isReply: null,
  isAggregated: false,
};

/** Words of a drawing's kind: flags with `+`, and what else the record says. */
const WORDS: Readonly<Record<string, Partial<AttemptKind>>> = {
  syn: { tcpFlags: "SYN" },
  "syn+ack": { tcpFlags: "SYN,ACK", isReply: true },
  ack: { tcpFlags: "ACK" },
  data: { tcpFlags: "PSH,ACK", isReply: false },
  reply: { tcpFlags: "PSH,ACK", isReply: true },
  fin: { tcpFlags: "FIN,ACK" },
  rst: { tcpFlags: "RST,ACK" },
  request: { type: "L7", tcpFlags: null, isReply: false },
  response: { type: "L7", tcpFlags: null, isReply: true },
  udp: { protocol: "UDP", tcpFlags: null, isReply: false },
  "udp-unknown": { protocol: "UDP", tcpFlags: null },
  "udp-reply": { protocol: "UDP", tcpFlags: null, isReply: true },
  "dropped-egress": { verdict: "DROPPED", dropCode: 133 },
  "dropped-ingress": { verdict: "DROPPED", dropCode: 133, trafficDirection: "INGRESS" },
  "not-lost": { verdict: "DROPPED", dropCode: 201 },
  audit: { verdict: "AUDIT" },
};

/**
 * Draws flows of one client `c` (address 7, port 40000) and one server `s` (address 3, port 80), a line each: seconds, node,
 * `c>s` or `s>c`, words of WORDS.
 */
function draw(text: string): Row[] {
  return text
    .trim()
    .split("\n")
    .map((line, i): Row => {
      const [seconds = "", node = "", way, ...words] = line.trim().split(/\s+/);
      const ends = { c: [7, 40000], s: [3, 80] } as const;
      const merged = Object.assign({}, kind, ...words.map((word) => WORDS[word] ?? fail(word)));
      return {
        id: i + 1,
        at: Math.round(Number(seconds) * 1e9),
        node: node.charCodeAt(0),
        source: way === "c>s" ? ends.c : ends.s,
        destination: way === "c>s" ? ends.s : ends.c,
        bits: kindBits(merged),
      };
    });
}

function fail(word: string): never {
  throw new Error(`no word ${word}`);
}

function inOrder(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => a.at - b.at || tieRank(a.bits) - tieRank(b.bits) || a.id - b.id);
}

function stitch(rows: readonly Row[], seed?: number, openPieces?: number): Piece[] {
  const pieces: Piece[] = [];
  const stitcher = new AttemptStitcher((piece) => pieces.push(piece), seed, openPieces);
  for (const { id, at, node, source, destination, bits } of inOrder(rows))
    stitcher.add(id, Math.floor(at / 1e9), at % 1e9, ...source, ...destination, node, bits);
  stitcher.end();
  return pieces.sort((a, b) => a.id - b.id);
}

/** Ids of first flows, with "+" for an attempt and "-" for what was open already, and its number of records. */
const summary = (rows: readonly Row[]): string =>
  stitch(rows)
    .map(({ id, isOpenAlready, records }) => `${isOpenAlready ? "-" : "+"}${id}:${records}`)
    .join(" ");

describe("a connection attempt", () => {
  it.each<readonly [string, string, string]>([
    [
      "is a handshake with all that follows",
      "0 a c>s syn\n0.1 a s>c syn+ack\n0.2 a c>s ack\n9 a c>s fin",
      "+1:4",
    ],
    ["goes on through retries of its SYN", "0 a c>s syn\n1 a c>s syn\n3 a c>s syn\n7 a c>s syn", "+1:4"],
    ["goes on when the last retry comes 65 s later", "0 a c>s syn\n65 a c>s syn", "+1:2"],
    ["is another one when more than 65 s went by", "0 a c>s syn\n65.000000001 a c>s syn", "+1:1 +2:1"],
    ["goes on 30 s after anything but a SYN", "0 a c>s syn\n0.1 a s>c syn+ack\n30.1 a c>s ack", "+1:3"],
    ["is over after more than 30 s", "0 a c>s syn\n0.1 a s>c syn+ack\n30.2 a c>s ack", "+1:2 -3:1"],
    ["begins anew with a SYN after an answer", "0 a c>s syn\n0.1 a s>c syn+ack\n0.2 a c>s syn", "+1:2 +3:1"],
    [
      "begins anew after a plain packet of the server",
      "0 a c>s syn\n0.1 a s>c ack\n0.2 a c>s syn",
      "+1:2 +3:1",
    ],
    [
      "begins anew with a SYN after a reset",
      "0 a c>s syn\n0.1 a s>c rst\n1 a c>s syn\n1.1 a s>c rst",
      "+1:2 +3:2",
    ],
    ["begins anew after the client's own reset", "0 a c>s syn\n0.1 a c>s rst\n1 a c>s syn", "+1:2 +3:1"],
    ["begins anew with a SYN after a FIN", "0 a c>s syn\n0.2 a c>s fin\n0.3 a c>s syn", "+1:2 +3:1"],
    ["does not begin anew after the client's own packets", "0 a c>s syn\n0.2 a c>s ack\n1 a c>s syn", "+1:3"],
    [
      "does not begin anew when the answer was dropped",
      "0 a c>s syn\n0.1 a s>c syn+ack dropped-ingress\n1 a c>s syn",
      "+1:3",
    ],
    ["is none without a SYN: open already", "0 a c>s ack\n1 a s>c ack\n2 a c>s fin", "-1:3"],
    ["may follow a connection that was open already", "0 a c>s ack\n1 a s>c fin\n2 a c>s syn", "-1:2 +3:1"],
    [
      "may wait 30 s, not 65 s, when more than SYNs were seen",
      "0 a c>s syn\n1 a c>s ack\n32 a c>s syn",
      "+1:2 +3:1",
    ],
    [
      "is one when both nodes log its packets",
      "0 a c>s syn\n0.0003 b c>s syn\n0.0004 b s>c syn+ack\n0.0006 a s>c syn+ack",
      "+1:4",
    ],
    [
      "is one when the server's node is 10 ms behind",
      "0 a c>s syn\n0.0005 a s>c syn+ack\n0.0102 b c>s syn\n0.0103 b s>c syn+ack",
      "+1:4",
    ],
    [
      "is one when the server's node is 10 ms ahead",
      "0 b c>s syn\n0.0001 b s>c syn+ack\n0.01 a c>s syn\n0.0105 a s>c syn+ack",
      "+1:4",
    ],
    [
      "may begin with the answer, by the clock that is ahead",
      "0 b s>c syn+ack\n0.01 a c>s syn\n0.0105 a s>c syn+ack",
      "+1:3",
    ],
    [
      "is two when the late SYN is more than 50 ms late",
      "0 a c>s syn\n0.1 a s>c syn+ack\n0.150000001 b c>s syn",
      "+1:2 +3:1",
    ],
    [
      "is two when the same node saw answer and SYN",
      "0 a c>s syn\n0.001 a s>c syn+ack\n0.002 a c>s syn",
      "+1:2 +3:1",
    ],
    ["takes an answer of the same instant as its own", "5 a s>c syn+ack\n5 a c>s syn", "+2:2"],
    [
      "holds the messages of its proxy",
      "0 a c>s syn\n0.1 a s>c syn+ack\n0.2 a c>s request\n0.3 a s>c response",
      "+1:4",
    ],
    ["is not begun by messages alone", "0 a c>s request\n0.3 a s>c response", "-1:2"],
    [
      "of UDP is what goes back and forth without a pause of 30 s",
      "0 a c>s udp\n1 a s>c udp-reply\n31 a c>s udp\n61.1 a c>s udp",
      "+1:3 +4:1",
    ],
    ["of UDP that begins with an answer was open already", "0 a s>c udp-reply\n1 a c>s udp", "-1:2"],
    [
      "of UDP needs nobody to say which is the client: the service's port does",
      "0 a s>c udp-unknown\n1 a c>s udp-unknown",
      "-1:2",
    ],
    ["of UDP and one of TCP have nothing to do with each other", "0 a c>s udp\n0 a c>s syn", "+1:1 +2:1"],
  ])("%s", (_name, text, expected) => {
    expect(summary(draw(text))).toBe(expected);
  });

  const only = (text: string): Piece => {
    const [piece, ...more] = stitch(draw(text));
    if (piece === undefined || more.length > 0) throw new Error("not one piece");
    return piece;
  };

  it("knows client and server, and its first and last flow", () => {
    expect(only("1.25 b s>c reply\n4.5 a c>s data")).toMatchObject({
      ...{ client: 7, clientPort: 40000, server: 3, serverPort: 80, isClientKnown: true, protocol: 1 },
      ...{ id: 1, firstSecond: 1, firstNano: 250_000_000, lastSecond: 4, lastNano: 500_000_000 },
      ...{ firstNode: 98, lastNode: 97, records: 2 },
    });
  });

  it("takes the one that began for the client when nothing says who is", () => {
    const pieces: Piece[] = [];
    const stitcher = new AttemptStitcher((piece) => pieces.push(piece));
    const bits = kindBits({ ...kind, protocol: "UDP" });
    stitcher.add(1, 0, 0, 9, 50000, 4, 50001, 1, bits);
    stitcher.add(2, 1, 0, 4, 50001, 9, 50000, 1, bits);
    stitcher.end();
    expect(pieces).toMatchObject([{ client: 9, server: 4, isClientKnown: false, isOpenAlready: false }]);
  });

  it.each<readonly [string, string, Partial<Piece>]>([
    [
      "answered",
      "0 a c>s syn\n0.1 a s>c syn+ack",
      { isAnswered: true, hasSynAck: true, isRefused: false, syns: 1 },
    ],
    [
      "answered by what is no SYN+ACK",
      "0 a c>s syn\n0.1 a s>c reply",
      { isAnswered: true, hasSynAck: false },
    ],
    [
      "answered when its client goes on, though no answer was logged",
      "0 a c>s syn\n0.1 a c>s fin",
      { isAnswered: true },
    ],
    [
      "not answered when its client resets",
      "0 a c>s syn\n0.1 a c>s rst",
      { isAnswered: false, clientRst: true },
    ],
    [
      "not answered when what its client sends on is dropped",
      "0 a c>s syn\n0.1 a c>s ack dropped-egress",
      { isAnswered: false },
    ],
    [
      "refused",
      "0 a c>s syn\n0.1 a s>c rst",
      { isAnswered: false, isRefused: true, serverRst: true, clientRst: false },
    ],
    [
      "not refused but reset by the server",
      "0 a c>s syn\n0.1 a s>c syn+ack\n2 a s>c rst",
      { isRefused: false, isAnswered: true, serverRst: true },
    ],
    [
      "reset by the client",
      "0 a c>s syn\n0.1 a s>c syn+ack\n2 a c>s rst",
      { clientRst: true, serverRst: false, isRefused: false },
    ],
    [
      "not refused by a reset within what was open already",
      "0 a c>s ack\n1 a s>c rst",
      { isRefused: false, serverRst: true, isOpenAlready: true },
    ],
    [
      "retried three times, each SYN logged by two nodes",
      "0 a c>s syn\n0.01 b c>s syn\n1 a c>s syn\n1.01 b c>s syn\n3 a c>s syn\n7 b c>s syn",
      { syns: 4, isAnswered: false, records: 6 },
    ],
    [
      "dropped at the client's side",
      "0 a c>s syn dropped-egress",
      { droppedEgress: true, droppedIngress: false, verdict: 7, isAnswered: false },
    ],
    [
      "dropped at the server's side",
      "0 a c>s syn\n0 b c>s syn dropped-ingress",
      { droppedEgress: false, droppedIngress: true, syns: 1 },
    ],
    [
      "dropped first and answered in the end",
      "0 a c>s syn dropped-egress\n1 a c>s syn\n1.1 a s>c syn+ack",
      { droppedEgress: true, isAnswered: true, syns: 2 },
    ],
    [
      "not answered by an answer that was dropped, at the server's side when it left",
      "0 a c>s syn\n0.1 a s>c syn+ack dropped-egress",
      { isAnswered: false, droppedEgress: false, droppedIngress: true },
    ],
    [
      "dropped at the client's side when the answer was dropped as it came in",
      "0 a c>s syn\n0.1 a s>c syn+ack dropped-ingress",
      { isAnswered: false, droppedEgress: true, droppedIngress: false },
    ],
    [
      "not dropped by what is no loss",
      "0 a c>s syn not-lost",
      { droppedEgress: false, verdict: VERDICT_RANK.FORWARDED },
    ],
    ["audited at worst", "0 a c>s syn\n0 a c>s syn audit\n1 a s>c syn+ack", { verdict: VERDICT_RANK.AUDIT }],
    ["ended by FIN", "0 a c>s syn\n0.1 a s>c syn+ack\n1 a s>c fin", { fin: true }],
  ])("is told to be %s", (_name, text, expected) => {
    expect(only(text)).toMatchObject(expected);
  });
});

describe("kinds of flows", () => {
  it.each<readonly [string, Partial<AttemptKind>]>([
    ["ICMP", { protocol: "ICMPv4" }],
    ["no protocol", { protocol: null }],
    ["a socket event", { type: "SOCK" }],
    ["an aggregated record", { isAggregated: true }],
  ])("of %s are no part of a connection", (_name, members) => {
    expect(kindBits({ ...kind, ...members })).toBe(0);
  });

  it("without flags are neither SYN nor answer", () => {
    const bits = kindBits({ ...kind, tcpFlags: null });
    expect(bits & (BIT.syn | BIT.synAck | BIT.fin | BIT.rst)).toBe(0);
    expect(bits).not.toBe(0);
  });

  it("dropped without a direction are dropped somewhere", () => {
    const bits = kindBits({ ...kind, verdict: "DROPPED", trafficDirection: "TRAFFIC_DIRECTION_UNKNOWN" });
    expect(bits & BIT.droppedSomewhere).not.toBe(0);
  });

  it("with a verdict that has no name rank lowest", () => {
    expect(kindBits({ ...kind, verdict: "15" }) >> BIT.verdictShift).toBe(0);
  });
});

/** The same rule with lists and objects: the first flow of each piece, its records, whether it is an attempt. */
function slowly(rows: readonly Row[]): string[] {
  const conversations = new Map<string, Row[]>();
  for (const row of inOrder(rows)) {
    const ends = [row.source.join(":"), row.destination.join(":")].sort();
    const key = `${ends} ${(row.bits >> BIT.protocolShift) & 15}`;
    conversations.set(key, [...(conversations.get(key) ?? []), row]);
  }
  return [...conversations.values()].flatMap(cut).sort();
}

const isSyn = (row: Row): boolean => (row.bits & BIT.syn) !== 0;
const isLost = (row: Row): boolean =>
  (row.bits & (BIT.droppedEgress | BIT.droppedIngress | BIT.droppedSomewhere)) !== 0;

function cut(rows: readonly Row[]): string[] {
  const pieces: Row[][] = [];
  for (const row of rows) {
    const piece = pieces.at(-1);
    if (piece === undefined || beginsAnew(piece, row)) pieces.push([row]);
    else piece.push(row);
  }
  return pieces.map((piece) => `${piece.some(isSyn) ? "+" : "-"}${piece[0]?.id}:${piece.length}`);
}

function beginsAnew(piece: readonly Row[], row: Row): boolean {
  const gap = row.at - (piece.at(-1)?.at ?? 0);
  if (gap > (piece.every(isSyn) ? 65e9 : 30e9)) return true;
  if (!isSyn(row)) return false;
  const received = piece.filter((other) => !isSyn(other) && !isLost(other));
  const ended = received.some(
    (other) => other.source.join() !== row.source.join() || (other.bits & (BIT.fin | BIT.rst)) !== 0,
  );
  if (!ended) return false;
  const said = received.filter((other) => (other.bits & (BIT.synAck | BIT.fin | BIT.rst | BIT.reply)) !== 0);
  const [first] = said;
  const isLate = first !== undefined && row.at - first.at <= 50e6;
  return !isLate || said.some((other) => other.node === row.node);
}

describe("stitching", () => {
  const words = ["syn", "syn", "syn+ack", "ack", "data", "reply", "fin", "rst", "request", "response"];
  const steps = [0, 1e6, 40e6, 51e6, 210e6, 1e9, 29e9, 31e9, 64e9, 66e9];
  const row = fc.record({
    step: fc.constantFrom(...steps),
    node: fc.constantFrom(1, 2),
    fromClient: fc.boolean(),
    client: fc.constantFrom(1, 2),
    word: fc.constantFrom(...words),
    lost: fc.option(fc.constantFrom("dropped-egress", "dropped-ingress"), { freq: 5, nil: undefined }),
  });
  const log = fc.array(row, { maxLength: 60 }).map((items): Row[] => {
    let at = 0;
    return items.map(({ step, node, fromClient, client, word, lost }, i) => {
      at += step;
      const ends = [
        [client, 40000],
        [3, 80],
      ] as const;
      const merged = { ...kind, ...WORDS[word], ...(lost === undefined ? {} : WORDS[lost]) };
      return {
        ...{ id: i + 1, at, node, bits: kindBits(merged) },
        source: fromClient ? ends[0] : ends[1],
        destination: fromClient ? ends[1] : ends[0],
      };
    });
  });
  const found = (rows: readonly Row[], seed?: number): string[] =>
    stitch(rows, seed)
      .map(({ id, isOpenAlready, records }) => `${isOpenAlready ? "-" : "+"}${id}:${records}`)
      .sort();

  it("gives the pieces of the rule, whatever comes, and whatever the seed", () => {
    fc.assert(
      fc.property(log, fc.integer(), (rows, seed) => {
        expect(found(rows, seed)).toEqual(slowly(rows));
      }),
      { seed: 20261125, numRuns: 3000 },
    );
  });

  it("forgets pieces that are over without ending others, over many rows", () => {
    const rows: Row[] = [];
    const add = (at: number, client: number, port: number, word: string): void => {
      const back = word === "syn+ack";
      const ends = [
        [client, port],
        [3, 80],
      ] as const;
      const bits = kindBits({ ...kind, ...WORDS[word] });
      rows.push({
        id: rows.length + 1,
        at,
        node: 1,
        bits,
        source: ends[back ? 1 : 0],
        destination: ends[back ? 0 : 1],
      });
    };
    // Ten new connections each 10 ms, and one that is heard of every 20 s all the time.
    for (let i = 0; i < 150_000; i++) {
      if (i % 20_000 === 0) add(i * 1e6, 99, 50000, i === 0 ? "syn" : "data");
      add(i * 1e6, 1 + (i % 10), 1024 + (((i / 10) % 30_000) | 0), "syn");
      if (i % 2 === 0) add(i * 1e6 + 1000, 1 + (i % 10), 1024 + (((i / 10) % 30_000) | 0), "syn+ack");
    }
    const pieces = stitch(rows);
    expect(pieces.length).toBe(150_001);
    expect(pieces.filter(({ client }) => client === 99)).toMatchObject([{ records: 8 }]);
    expect(pieces.reduce((sum, piece) => sum + piece.records, 0)).toBe(rows.length);
  });

  it("holds no more pieces than allowed, and counts every flow once even then", () => {
    const rows = Array.from({ length: 500 }, (_, i): Row => {
      const source = [1 + (i % 100), 40000] as const;
      return {
        id: i + 1,
        at: i * 1e6,
        node: 1,
        bits: kindBits({ ...kind, ...WORDS.data }),
        source,
        destination: [3, 80],
      };
    });
    expect(stitch(rows).length).toBe(100);
    const pieces = stitch(rows, 0, 10);
    expect(pieces.reduce((sum, piece) => sum + piece.records, 0)).toBe(500);
    expect(pieces.length).toBeGreaterThan(100);
  });
});
