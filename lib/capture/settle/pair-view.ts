import type { Client } from "@/lib/flow/client";
import type { Sqlite } from "../driver";
import type { PairValue } from "../pair-table";

/** Rules that a record can meet by itself, strongest first. */
export const OWN_RULES = ["is-reply", "reply", "tcp-flags"] as const;

const RULES: readonly Client["by"][] = [
  ...OWN_RULES,
  "same-connection",
  "ports",
  "no-protocol",
  "no-ports",
  "ports-alike",
];

const ROWS = 10_000;

const NUMBERS = [
  "source",
  "destination",
  "sourceAddress",
  "destinationAddress",
  "sourceActor",
  "destinationActor",
  "serverPort",
  "protocol",
  "side",
  "rule",
] as const;

/** Columns by the pair's id, in memory that threads share. */
export type PairArrays = { readonly [Name in (typeof NUMBERS)[number]]: Int32Array } & {
  /** Names of protocols by their number; one is undefined. */
  readonly protocols: readonly (string | undefined)[];
};

const NO_SERVER_PORT = -1;

/** All pairs of the capture as typed arrays by id: 40 bytes each. Read once for a step. */
function readArrays(database: Sqlite): PairArrays {
  const largest = database.prepare("SELECT coalesce(max(id), 0) AS id FROM Pair").get([]);
  const size = Number(largest?.id) + 1;
  const column = (): Int32Array => new Int32Array(new SharedArrayBuffer(size * 4));
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, column()])) as Omit<
    PairArrays,
    "protocols"
  >;
  const arrays = { ...numbers, protocols: [] as (string | undefined)[] };
  const numberOf = new Map<string | undefined, number>();
  const statement = database.prepare(
    `SELECT p.id, p.sourceId, p.destinationId, s.addressId, d.addressId, p.serverPort, p.protocol, p.clientSide, p.clientBy, s.actorId, d.actorId
     FROM Pair p JOIN Endpoint s ON s.id = p.sourceId JOIN Endpoint d ON d.id = p.destinationId
     WHERE p.id > ? ORDER BY p.id LIMIT ${ROWS}`,
  );
  for (let last = 0; ; ) {
    const rows = statement.rows([last]);
    for (const row of rows) putPair(arrays, numberOf, row as (number | string | null)[]);
    if (rows.length < ROWS) return arrays;
    last = Number(rows[ROWS - 1]?.[0]);
  }
}

function putPair(
  arrays: PairArrays & { readonly protocols: (string | undefined)[] },
  numberOf: Map<string | undefined, number>,
  row: readonly (number | string | null)[],
): void {
  const id = Number(row[0]);
  arrays.source[id] = Number(row[1]);
  arrays.destination[id] = Number(row[2]);
  arrays.sourceAddress[id] = Number(row[3] ?? 0);
  arrays.destinationAddress[id] = Number(row[4] ?? 0);
  arrays.serverPort[id] = row[5] === null ? NO_SERVER_PORT : Number(row[5]);
  arrays.side[id] = Number(row[7]);
  arrays.rule[id] = RULES.indexOf(row[8] as Client["by"]);
  arrays.sourceActor[id] = Number(row[9] ?? 0);
  arrays.destinationActor[id] = Number(row[10] ?? 0);
  const name = row[6] === null ? undefined : String(row[6]);
  let number = numberOf.get(name);
  if (number === undefined) {
    number = arrays.protocols.push(name) - 1;
    numberOf.set(name, number);
  }
  arrays.protocol[id] = number;
}

export class PairView {
  constructor(readonly arrays: PairArrays) {}

  static read(database: Sqlite): PairView {
    return new PairView(readArrays(database));
  }

  /** 0 when the side has no address. */
  sourceAddressOf(pair: number): number {
    return this.arrays.sourceAddress[pair] as number;
  }

  destinationAddressOf(pair: number): number {
    return this.arrays.destinationAddress[pair] as number;
  }

  /** The two endpoints. */
  sourceOf(pair: number): number {
    return this.arrays.source[pair] as number;
  }

  destinationOf(pair: number): number {
    return this.arrays.destination[pair] as number;
  }

  /** 0 before actors are named. */
  sourceActorOf(pair: number): number {
    return this.arrays.sourceActor[pair] as number;
  }

  destinationActorOf(pair: number): number {
    return this.arrays.destinationActor[pair] as number;
  }

  protocolOf(pair: number): number {
    return this.arrays.protocol[pair] as number;
  }

  protocolNameOf(pair: number): string | undefined {
    return this.arrays.protocols[this.protocolOf(pair)];
  }

  sideOf(pair: number): number {
    return this.arrays.side[pair] as number;
  }

  /** That of the pair itself; negative where it has none. */
  serverPortOf(pair: number): number {
    return this.arrays.serverPort[pair] as number;
  }

  /** Its place in OWN_RULES, or a larger number. */
  ruleOf(pair: number): number {
    return this.arrays.rule[pair] as number;
  }

  is(pair: number, client: Client): boolean {
    return (
      this.arrays.side[pair] === client.side &&
      this.arrays.rule[pair] === RULES.indexOf(client.by) &&
      this.arrays.serverPort[pair] === (client.serverPort ?? NO_SERVER_PORT)
    );
  }

  /** The same two sides and protocol with another client. */
  like(pair: number, client: Client): PairValue {
    return {
      sourceId: this.arrays.source[pair] as number,
      destinationId: this.arrays.destination[pair] as number,
      clientSide: client.side,
      clientBy: client.by,
      serverPort: client.serverPort ?? null,
      protocol: this.protocolNameOf(pair) ?? null,
    };
  }
}
