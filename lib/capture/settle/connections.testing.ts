/**
 * The rules of attempts and exchanges once more, over parsed JSON lines, with lists and maps: for tests that ask the same
 * question in two ways. Shares nothing with the code under test. Imported by tests only.
 */

interface Side {
  readonly cluster_name?: string;
}

interface Json {
  readonly time?: string;
  readonly verdict?: string;
  readonly node_name?: string;
  readonly Type?: string;
  readonly drop_reason?: number;
  readonly traffic_direction?: string;
  readonly is_reply?: boolean;
  readonly reply?: boolean;
  readonly event_type?: { readonly type?: number; readonly sub_type?: number };
  readonly IP?: { readonly source?: string; readonly destination?: string };
  readonly l4?: Record<
    string,
    { source_port?: number; destination_port?: number; flags?: Record<string, boolean> }
  >;
  readonly source?: Side;
  readonly destination?: Side;
  readonly l7?: {
    readonly type?: string;
    readonly latency_ns?: string;
    readonly http?: {
      readonly code?: number;
      readonly method?: string;
      readonly url?: string;
      readonly headers?: readonly { readonly key: string; readonly value: string }[];
    };
  };
}

interface Seen {
  readonly flow: Json;
  readonly at: bigint;
  readonly protocol: string;
  readonly from: string;
  readonly to: string;
  readonly flags: ReadonlySet<string>;
}

function read(lines: readonly string[]): Seen[] {
  const seen = lines.flatMap((line): Seen[] => {
    const { flow }: { flow?: Json } = JSON.parse(line);
    const [[protocol = "", l4 = {}] = []] = Object.entries(flow?.l4 ?? {});
    if (flow?.time === undefined || flow.Type === "SOCK" || l4.source_port === undefined) return [];
    const node = flow.node_name ?? "";
    const nodeCluster = node.includes("/") ? node.split("/")[0] : "default";
    const end = (ip: string | undefined, side: Side | undefined, port: number | undefined) =>
      `${side?.cluster_name ?? nodeCluster} ${ip} ${port}`;
    return [
      {
        flow,
        at: nanoseconds(flow.time),
        protocol,
        from: end(flow.IP?.source, flow.source, l4.source_port),
        to: end(flow.IP?.destination, flow.destination, l4.destination_port),
        flags: new Set(Object.keys(l4.flags ?? {})),
      },
    ];
  });
  const rank = (one: Seen): number => (isSyn(one) ? 0 : isAnswer(one) ? 2 : 1);
  return seen.sort((a, b) => Number(a.at - b.at) || rank(a) - rank(b));
}

function nanoseconds(time: string): bigint {
  const [whole = "", fraction = ""] = time.replace("Z", "").split(".");
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

const isSyn = ({ flags }: Seen): boolean => flags.has("SYN") && !flags.has("ACK");
const isAnswer = ({ flow, flags }: Seen): boolean =>
  flow.is_reply ?? flow.reply ?? (flags.has("SYN") && flags.has("ACK"));
const isLost = ({ flow }: Seen): boolean =>
  flow.verdict === "DROPPED" && ![173, 199, 200, 201, 205].includes(flow.drop_reason ?? 0);

/** `TCP client > server first records syns word`, sorted; the word: already, answered, refused, dropped, silent. */
export function attemptsOf(lines: readonly string[]): string[] {
  const conversations = new Map<string, Seen[]>();
  for (const one of read(lines)) {
    const key = `${one.protocol} ${[one.from, one.to].sort()}`;
    conversations.set(key, [...(conversations.get(key) ?? []), one]);
  }
  return [...conversations.values()].flatMap(piecesOf).map(describePiece).sort();
}

function piecesOf(flows: readonly Seen[]): Seen[][] {
  const pieces: Seen[][] = [];
  for (const one of flows) {
    const piece = pieces.at(-1);
    const gap = piece === undefined ? 0n : one.at - (piece.at(-1)?.at ?? 0n);
    const limit = piece?.every(isSyn) ? 65_000_000_000n : 30_000_000_000n;
    if (piece === undefined || gap > limit || (isSyn(one) && isEnded(piece, one))) pieces.push([one]);
    else piece.push(one);
  }
  return pieces;
}

/** A reply, FIN or RST was seen before this SYN; by another node within 50 ms only if this node saw one itself. */
function isEnded(piece: readonly Seen[], syn: Seen): boolean {
  const ends = piece.filter(
    (one) =>
      !isSyn(one) && !isLost(one) && (one.from === syn.to || one.flags.has("FIN") || one.flags.has("RST")),
  );
  const [first] = ends;
  if (first === undefined) return false;
  return syn.at - first.at > 50_000_000n || ends.some((one) => one.flow.node_name === syn.flow.node_name);
}

function clientOf(piece: readonly Seen[]): string {
  const syn = piece.find(isSyn);
  if (syn !== undefined) return syn.from;
  const known = piece.find(
    ({ flow, flags }) => flow.is_reply !== undefined || flow.reply || flags.has("SYN"),
  );
  if (known !== undefined) return isAnswer(known) ? known.to : known.from;
  const [first] = piece as [Seen];
  const isHigh = (end: string): boolean => Number(end.split(" ")[2]) >= 32_768;
  // Ports of a kind: the one that began.
  return isHigh(first.from) || !isHigh(first.to) ? first.from : first.to;
}

function describePiece(piece: readonly Seen[]): string {
  const [first] = piece as [Seen];
  const client = clientOf(piece);
  const server = first.from === client ? first.to : first.from;
  const back = piece.filter((one) => one.from === server && !isLost(one) && !isSyn(one));
  const goesOn = piece.some(
    (one) => one.from === client && !isSyn(one) && !isLost(one) && !one.flags.has("RST"),
  );
  const isAnswered = back.some(({ flags }) => !flags.has("RST")) || (first.protocol === "TCP" && goesOn);
  const syns: bigint[] = [];
  for (const { at } of piece.filter(isSyn)) {
    const last = syns.at(-1);
    if (last === undefined || at - last >= 200_000_000n) syns.push(at);
  }
  const isOpenAlready = first.protocol === "TCP" ? syns.length === 0 : first.from !== client;
  const word = isOpenAlready
    ? "already"
    : isAnswered
      ? "answered"
      : back.some(({ flags }) => flags.has("RST"))
        ? "refused"
        : piece.some(isLost)
          ? "dropped"
          : "silent";
  return `${first.protocol} ${client} > ${server} ${first.at} ${piece.length} ${syns.length} ${word}`;
}

/** Requests and answers of HTTP at each proxy, paired: `METHOD url side status`, sorted; `-` for what is missing. */
export function exchangesOf(lines: readonly string[]): string[] {
  const open: { one: Seen; id: string | undefined; found?: Seen }[] = [];
  const alone: Seen[] = [];
  for (const one of read(lines)) {
    if (one.flow.l7?.http === undefined) continue;
    const id = headerOf(one, "x-request-id");
    if (one.flow.l7.type === "REQUEST") {
      open.push({ one, id });
      continue;
    }
    const waiting = open.filter(
      (asked) =>
        asked.found === undefined &&
        asked.one.from === one.to &&
        asked.one.to === one.from &&
        asked.one.flow.node_name === one.flow.node_name &&
        asked.one.flow.traffic_direction === one.flow.traffic_direction &&
        one.at - asked.one.at <= 65_000_000_000n,
    );
    const same = waiting.filter(({ one: asked }) => subjectOf(asked) === subjectOf(one));
    const asked =
      (id === undefined ? undefined : waiting.find((other) => other.id === id)) ??
      same.find((other) => id === undefined || other.id === undefined);
    if (asked === undefined) alone.push(one);
    else asked.found = one;
  }
  return [
    ...open.map(({ one, found }) => `${subjectOf(one)} ${one.at} ${found?.flow.l7?.http?.code ?? "-"}`),
    ...alone.map((one) => `- ${subjectOf(one)} ${one.at} ${one.flow.l7?.http?.code}`),
  ].sort();
}

const subjectOf = ({ flow }: Seen): string =>
  `${flow.l7?.http?.method} ${flow.l7?.http?.url} ${flow.traffic_direction}`;

function headerOf({ flow }: Seen, name: string): string | undefined {
  return flow.l7?.http?.headers?.find(({ key }) => key.toLowerCase() === name)?.value;
}
