import { SECOND } from "./clock.ts";
import { LatencyCounter } from "./latency.ts";
import type { DnsNote, HttpNote, Planned } from "./record.ts";
import type { DnsTruth, HttpTruth } from "./truth.ts";

interface HttpServer {
  readonly grpc: boolean;
  requests: number;
  responses: number;
  readonly byStatus: Map<string, number>;
  readonly latency: LatencyCounter;
}

interface DnsClient {
  queries: number;
  responses: number;
  expansion: number;
  realNxdomain: number;
}

/** Counts DNS records. */
export class DnsTally {
  private readonly total: DnsClient = { queries: 0, responses: 0, expansion: 0, realNxdomain: 0 };
  private readonly clients = new Map<string, DnsClient>();
  private readonly rcodes = new Map<string, number>();
  private readonly waiting = new Map<object, number>();
  private readonly early = new Set<object>();
  private readonly latency = new LatencyCounter();
  private refused = 0;

  add(record: Planned, note: DnsNote): void {
    const client = this.clients.get(note.client) ?? {
      queries: 0,
      responses: 0,
      expansion: 0,
      realNxdomain: 0,
    };
    this.clients.set(note.client, client);
    for (const row of [this.total, client]) {
      if (!note.response) row.queries++;
      else row.responses++;
      if (note.rcode === 3 && note.expansion) row.expansion++;
      else if (note.rcode === 3) row.realNxdomain++;
    }
    if (note.refused) this.refused++;
    else if (!note.response) this.asked(record, note);
    else this.answered(note);
  }

  private asked(record: Planned, note: DnsNote): void {
    // The answer can stand before its question in a file that is only nearly sorted.
    if (!this.early.delete(note.exchange)) this.waiting.set(note.exchange, record.time);
  }

  private answered(note: DnsNote): void {
    bump(this.rcodes, String(note.rcode));
    this.latency.add(note.latency);
    if (!this.waiting.delete(note.exchange)) this.early.add(note.exchange);
  }

  truth(last: number): DnsTruth {
    const open = [...this.waiting.values()].filter((time) => time >= last - 5 * SECOND).length;
    return {
      queries: this.total.queries,
      responses: this.total.responses,
      refusedByPolicy: this.refused,
      withoutResponse: this.waiting.size,
      open,
      byRcode: counts(this.rcodes),
      expansion: this.total.expansion,
      realNxdomain: this.total.realNxdomain,
      clients: [...this.clients]
        .map(([client, row]) => ({ client, ...row }))
        .sort((a, b) => b.queries - a.queries),
      latency: this.latency.result(),
    };
  }
}

/** Counts HTTP and gRPC records. */
export class HttpTally {
  private requestRecords = 0;
  private responseRecords = 0;
  private requests = 0;
  private responses = 0;
  private denied = 0;
  private readonly recordStatus = new Map<string, number>();
  private readonly status = new Map<string, number>();
  private readonly servers = new Map<string, HttpServer>();

  /** True when the request or response had not been counted for another side. */
  add(note: HttpNote, denied: boolean): boolean {
    const server = this.servers.get(note.server) ?? {
      grpc: note.grpc,
      requests: 0,
      responses: 0,
      byStatus: new Map(),
      latency: new LatencyCounter(),
    };
    this.servers.set(note.server, server);
    if (!note.response) {
      this.requestRecords++;
      if (note.exchange.requestCounted) return false;
      note.exchange.requestCounted = true;
      this.requests++;
      server.requests++;
      if (denied) this.denied++;
      return true;
    }
    const status = String(note.status);
    this.responseRecords++;
    bump(this.recordStatus, status);
    if (note.latency > 0) server.latency.add(note.latency);
    if (note.exchange.responseCounted) return false;
    note.exchange.responseCounted = true;
    this.responses++;
    server.responses++;
    bump(this.status, status);
    bump(server.byStatus, status);
    return true;
  }

  truth(): HttpTruth {
    return {
      requestRecords: this.requestRecords,
      responseRecords: this.responseRecords,
      responseRecordsByStatus: counts(this.recordStatus),
      requests: this.requests,
      responses: this.responses,
      byStatus: counts(this.status),
      deniedByPolicy: this.denied,
      servers: [...this.servers]
        .map(([name, row]) => ({
          server: name,
          grpc: row.grpc,
          requests: row.requests,
          responses: row.responses,
          byStatus: counts(row.byStatus),
          latency: row.latency.result(),
        }))
        .sort((a, b) => b.requests - a.requests),
    };
  }
}

export function bump(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

export function counts(map: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
