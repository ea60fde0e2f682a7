import { timeText } from "./clock.ts";
import type { Cluster } from "./cluster.ts";
import { bump, counts, DnsTally, HttpTally } from "./l7-tally.ts";
import { AGENT, type Denial, DROP, type HttpNote, L7, LOST, type Planned } from "./record.ts";
import { CLUSTER, HUBBLE_VERSION } from "./shop.ts";
import { UNBALANCED } from "./traffic/shop-traffic.ts";
import type { DropCause, Truth } from "./truth.ts";

/** Verdict DROPPED, but consumed or handed on. */
const NOT_A_LOSS = new Set([173, 199, 200, 201, 205]);

interface CauseRow {
  readonly denial: Denial;
  dropRecords: number;
  verdictRecords: number;
  l7Records: number;
  drops: number;
  attempts: number;
  first: number;
  last: number;
}

interface Span {
  count: number;
  first: number;
  last: number;
}

interface TallyInput {
  readonly seed: number;
  readonly minutes: number;
  readonly rate: number;
  readonly incidentAt: number;
  readonly files: Truth["files"];
  readonly lostWindows: readonly {
    readonly node: number;
    readonly first: number;
    readonly last: number;
    readonly events: number;
  }[];
}

/** Counts the truth record by record, as they are written. */
export class Tally {
  private readonly verdicts = new Map<string, number>();
  private readonly eventTypes = new Map<string, number>();
  private readonly nodes: Span[];
  private readonly notLosses = new Map<string, number>();
  private readonly audits = new Map<
    string,
    { client: string; server: string; port: number; records: number }
  >();
  private readonly causes = new Map<string, CauseRow>();
  /** Verdict records whose drop record has not come (yet), with their time. */
  private readonly alone = new Map<Denial, number>();
  private readonly dns = new DnsTally();
  private readonly http = new HttpTally();
  private readonly pods = new Map<
    string,
    { events: number; requests: number; requestsSinceIncident: number }
  >();
  private lostLines = 0;
  private agentLines = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly incidentAt: number,
  ) {
    this.nodes = cluster.nodes.map(() => ({ count: 0, first: Number.MAX_SAFE_INTEGER, last: -1 }));
    for (const pod of cluster.workloads.get(UNBALANCED)?.pods ?? []) {
      this.pods.set(pod.podName, { events: 0, requests: 0, requestsSinceIncident: 0 });
    }
  }

  add(record: Planned): void {
    if (record.event === LOST) this.lostLines++;
    else if (record.event === AGENT) this.agentLines++;
    else this.flow(record);
  }

  private flow(record: Planned): void {
    bump(this.verdicts, record.verdict);
    bump(this.eventTypes, String(record.event));
    const span = this.nodes[record.node];
    if (span) extend(span, record.time);
    for (const party of [record.source, record.destination]) {
      const pod = party?.podName ? this.pods.get(party.podName) : undefined;
      if (pod) pod.events++;
    }
    if (record.denial) this.denied(record, record.denial);
    else if (record.event === DROP && NOT_A_LOSS.has(record.dropReason))
      bump(this.notLosses, record.dropText);
    if (record.verdict === "AUDIT") this.auditedRecord(record);
    if (record.note?.type === "dns") this.dns.add(record, record.note);
    else if (record.note) this.request(record, record.note);
  }

  private request(record: Planned, note: HttpNote): void {
    const isNew = this.http.add(note, record.verdict === "DROPPED");
    const pod = this.pods.get(note.serverPod);
    if (!pod || note.response || !isNew) return;
    pod.requests++;
    if (record.time >= this.incidentAt) pod.requestsSinceIncident++;
  }

  private auditedRecord(record: Planned): void {
    const client = record.source?.name ?? "";
    const server = record.destination?.name ?? "";
    const key = `${client} ${server} ${record.destinationPort}`;
    const row = this.audits.get(key) ?? { client, server, port: record.destinationPort, records: 0 };
    row.records++;
    this.audits.set(key, row);
  }

  private denied(record: Planned, denial: Denial): void {
    const row = this.causeOf(denial);
    if (denial.attempt && !denial.attempt.counted) {
      denial.attempt.counted = true;
      row.attempts++;
    }
    if (record.event !== DROP && record.event !== L7) {
      row.verdictRecords++;
      if (!denial.seen) this.alone.set(denial, record.time);
      return;
    }
    if (record.event === DROP) row.dropRecords++;
    else row.l7Records++;
    denial.seen = true;
    this.alone.delete(denial);
    anchor(row, record.time);
  }

  private causeOf(denial: Denial): CauseRow {
    const { direction, reason, decidedBy, policies, client, server, port, protocol } = denial;
    const key = JSON.stringify([direction, reason, decidedBy, policies, client, server, port, protocol]);
    const known = this.causes.get(key);
    if (known) return known;
    const row: CauseRow = {
      denial,
      dropRecords: 0,
      verdictRecords: 0,
      l7Records: 0,
      drops: 0,
      attempts: 0,
      first: Number.MAX_SAFE_INTEGER,
      last: -1,
    };
    this.causes.set(key, row);
    return row;
  }

  /** Everything counted so far. Call once, when all records are written. */
  truth(input: TallyInput): Truth {
    for (const [denial, time] of this.alone) anchor(this.causeOf(denial), time);
    this.alone.clear();
    const used = this.nodes.filter((span) => span.count > 0);
    const flows = used.reduce((sum, span) => sum + span.count, 0);
    const last = Math.max(-1, ...used.map((span) => span.last));
    const named = this.cluster.nodes.flatMap((node, i) => {
      const span = this.nodes[i];
      return span && span.count > 0
        ? [{ name: node.fullName, flows: span.count, first: timeText(span.first), last: timeText(span.last) }]
        : [];
    });
    return {
      format: 1,
      generator: {
        imitates: `Hubble ${HUBBLE_VERSION}`,
        seed: input.seed,
        nodes: this.cluster.nodes.length,
        minutes: input.minutes,
        rate: input.rate,
        cluster: CLUSTER,
      },
      incidentAt: timeText(input.incidentAt),
      first: flows > 0 ? timeText(Math.min(...used.map((span) => span.first))) : null,
      last: flows > 0 ? timeText(last) : null,
      records: {
        total: flows + this.lostLines + this.agentLines,
        flows,
        lost_events: this.lostLines,
        agent_event: this.agentLines,
      },
      bytes: input.files.reduce((sum, file) => sum + file.bytes, 0),
      files: input.files,
      nodes: named,
      flows: {
        byVerdict: counts(this.verdicts),
        byEventType: counts(this.eventTypes),
        byNode: Object.fromEntries(named.map((node) => [node.name, node.flows])),
      },
      lost: this.lostTruth(input),
      drops: this.dropTruth(),
      notLosses: counts(this.notLosses),
      audited: [...this.audits.values()],
      dns: this.dns.truth(last),
      http: this.http.truth(),
      unbalanced: { workload: UNBALANCED, pods: [...this.pods].map(([pod, row]) => ({ pod, ...row })) },
    };
  }

  private lostTruth(input: TallyInput): Truth["lost"] {
    const windows = input.lostWindows.map((window) => ({
      node: this.cluster.nodes[window.node]?.fullName ?? "",
      first: timeText(window.first),
      last: timeText(window.last),
      events: window.events,
    }));
    return { events: windows.reduce((sum, window) => sum + window.events, 0), windows };
  }

  private dropTruth(): Truth["drops"] {
    const rows = [...this.causes.values()].sort((a, b) => b.drops - a.drops);
    const sum = (pick: (row: CauseRow) => number): number =>
      rows.reduce((total, row) => total + pick(row), 0);
    const byReason = new Map<string, number>();
    for (const row of rows)
      byReason.set(row.denial.reason, (byReason.get(row.denial.reason) ?? 0) + row.drops);
    return {
      total: sum((row) => row.drops),
      dropRecords: sum((row) => row.dropRecords),
      verdictRecords: sum((row) => row.verdictRecords),
      l7Records: sum((row) => row.l7Records),
      byReason: counts(byReason),
      causes: rows.map(causeTruth),
    };
  }
}

function causeTruth(row: CauseRow): DropCause {
  const { denial } = row;
  return {
    name: denial.cause,
    direction: denial.direction,
    reason: denial.reason || null,
    decidedBy: denial.decidedBy,
    policies: denial.policies,
    client: denial.client,
    server: denial.server,
    port: denial.port,
    protocol: denial.protocol,
    dropRecords: row.dropRecords,
    verdictRecords: row.verdictRecords,
    l7Records: row.l7Records,
    drops: row.drops,
    attempts: denial.attempt ? row.attempts : null,
    first: timeText(row.first),
    last: timeText(row.last),
  };
}

function extend(span: Span, time: number): void {
  span.count++;
  if (time < span.first) span.first = time;
  if (time > span.last) span.last = time;
}

function anchor(row: CauseRow, time: number): void {
  row.drops++;
  if (time < row.first) row.first = time;
  if (time > row.last) row.last = time;
}
