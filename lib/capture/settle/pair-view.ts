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

/** All pairs of the capture as typed arrays by id: some 40 bytes each. Read once for a step. */
export class PairView {
  private readonly source: Int32Array;
  private readonly destination: Int32Array;
  private readonly sourceAddress: Int32Array;
  private readonly destinationAddress: Int32Array;
  private readonly sourceActor: Int32Array;
  private readonly destinationActor: Int32Array;
  private readonly serverPort: Float64Array;
  private readonly protocol: Int32Array;
  private readonly side: Uint8Array;
  private readonly rule: Uint8Array;
  private readonly protocols: (string | undefined)[] = [];

  constructor(database: Sqlite) {
    const largest = database.prepare("SELECT coalesce(max(id), 0) AS id FROM Pair").get([]);
    const size = Number(largest?.id) + 1;
    this.source = new Int32Array(size);
    this.destination = new Int32Array(size);
    this.sourceAddress = new Int32Array(size);
    this.destinationAddress = new Int32Array(size);
    this.sourceActor = new Int32Array(size);
    this.destinationActor = new Int32Array(size);
    this.serverPort = new Float64Array(size).fill(-1);
    this.protocol = new Int32Array(size);
    this.side = new Uint8Array(size);
    this.rule = new Uint8Array(size);
    this.read(database);
  }

  private read(database: Sqlite): void {
    const numberOf = new Map<string | undefined, number>();
    const statement = database.prepare(
      `SELECT p.id, p.sourceId, p.destinationId, s.addressId, d.addressId, p.serverPort, p.protocol, p.clientSide, p.clientBy, s.actorId, d.actorId
       FROM Pair p JOIN Endpoint s ON s.id = p.sourceId JOIN Endpoint d ON d.id = p.destinationId
       WHERE p.id > ? ORDER BY p.id LIMIT ${ROWS}`,
    );
    for (let last = 0; ; ) {
      const rows = statement.rows([last]);
      for (const row of rows) this.put(row as (number | string | null)[], numberOf);
      if (rows.length < ROWS) return;
      last = Number(rows[ROWS - 1]?.[0]);
    }
  }

  private put(row: readonly (number | string | null)[], numberOf: Map<string | undefined, number>): void {
    const id = Number(row[0]);
    this.source[id] = Number(row[1]);
    this.destination[id] = Number(row[2]);
    this.sourceAddress[id] = Number(row[3] ?? 0);
    this.destinationAddress[id] = Number(row[4] ?? 0);
    this.serverPort[id] = row[5] === null ? -1 : Number(row[5]);
    this.side[id] = Number(row[7]);
    this.rule[id] = RULES.indexOf(row[8] as Client["by"]);
    this.sourceActor[id] = Number(row[9] ?? 0);
    this.destinationActor[id] = Number(row[10] ?? 0);
    const name = row[6] === null ? undefined : String(row[6]);
    let number = numberOf.get(name);
    if (number === undefined) {
      number = this.protocols.push(name) - 1;
      numberOf.set(name, number);
    }
    this.protocol[id] = number;
  }

  /** 0 when the side has no address. */
  sourceAddressOf(pair: number): number {
    return this.sourceAddress[pair] as number;
  }

  destinationAddressOf(pair: number): number {
    return this.destinationAddress[pair] as number;
  }

  /** The two endpoints. */
  sourceOf(pair: number): number {
    return this.source[pair] as number;
  }

  destinationOf(pair: number): number {
    return this.destination[pair] as number;
  }

  /** 0 before actors are named. */
  sourceActorOf(pair: number): number {
    return this.sourceActor[pair] as number;
  }

  destinationActorOf(pair: number): number {
    return this.destinationActor[pair] as number;
  }

  protocolOf(pair: number): number {
    return this.protocol[pair] as number;
  }

  protocolNameOf(pair: number): string | undefined {
    return this.protocols[this.protocolOf(pair)];
  }

  sideOf(pair: number): number {
    return this.side[pair] as number;
  }

  /** Its place in OWN_RULES, or a larger number. */
  ruleOf(pair: number): number {
    return this.rule[pair] as number;
  }

  is(pair: number, client: Client): boolean {
    return (
      this.side[pair] === client.side &&
      this.rule[pair] === RULES.indexOf(client.by) &&
      this.serverPort[pair] === (client.serverPort ?? -1)
    );
  }

  /** The same two sides and protocol with another client. */
  like(pair: number, client: Client): PairValue {
    return {
      sourceId: this.source[pair] as number,
      destinationId: this.destination[pair] as number,
      clientSide: client.side,
      clientBy: client.by,
      serverPort: client.serverPort ?? null,
      protocol: this.protocolNameOf(pair) ?? null,
    };
  }
}
