/** Rows of ContainerNetworkLogs, as the shipper makes them and as they are exported (flow-formats 4.4 and 4.6). */

import type { EndpointJson, FlowJson, LineJson } from "../flow-json.ts";
import type { Shape } from "./shape.ts";

/** null, number, boolean and text as such; dynamic columns are objects. */
type Value = string | number | boolean | object | null;
type Row = Readonly<Record<string, Value>>;

const POLICY_LISTS = [
  "egress_allowed_by",
  "ingress_allowed_by",
  "egress_denied_by",
  "ingress_denied_by",
] as const;

function rowOf(flow: FlowJson): Row {
  return {
    TimeGenerated: flow.time ?? null,
    UUID: flow.uuid ?? null,
    Verdict: flow.verdict ?? null,
    DropReason: flow.drop_reason_desc ?? null,
    IP: flow.IP ?? null,
    Layer4: flow.l4 ?? null,
    Layer7: flow.l7 ?? null,
    ...side("Source", flow.source),
    ...side("Destination", flow.destination),
    FlowType: flow.Type ?? null,
    // The shipper takes the cluster off.
    NodeName: flow.node_name?.split("/").at(-1) ?? null,
    Reply: flow.is_reply ?? null,
    EventType: flow.event_type ?? null,
    TrafficDirection: flow.traffic_direction ?? null,
    TraceObservationPoint: flow.trace_observation_point ?? null,
    IngressFlowCount: null,
    EgressFlowCount: null,
    UnknownDirectionFlowCount: null,
    Policies: policies(flow),
    AdditionalFlowData: {
      SourceLabels: flow.source?.labels ?? [],
      DestinationLabels: flow.destination?.labels ?? [],
      Summary: flow.Summary ?? "",
    },
    Type: "ContainerNetworkLogs",
  };
}

function side(name: "Source" | "Destination", endpoint: EndpointJson | undefined): Row {
  return {
    [`${name}Identity`]: endpoint?.identity ?? null,
    [`${name}ClusterName`]: endpoint?.cluster_name ?? null,
    [`${name}Namespace`]: endpoint?.namespace ?? null,
    [`${name}PodName`]: endpoint?.pod_name ?? null,
    [`${name}Workloads`]: endpoint?.workloads ?? null,
  };
}

/** Each list is once more JSON in text. */
function policies(flow: FlowJson): object | null {
  const lists = POLICY_LISTS.filter((list) => flow[list] !== undefined);
  return lists.length === 0
    ? null
    : Object.fromEntries(lists.map((list) => [list, JSON.stringify(flow[list])]));
}

const COLUMNS = Object.keys(rowOf({}));

const text = (value: Value): string | null =>
  value === null ? null : typeof value === "object" ? JSON.stringify(value) : String(value);

/** Data export: JSON lines, nulls left out. */
export function jsonRows(flow: FlowJson): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(rowOf(flow)).filter(([, value]) => value !== null)),
  );
}

/** `az monitor log-analytics query -o json`: everything is a text, in Python's spelling. */
export function cliRows(): Shape {
  const word = (value: Value): string =>
    typeof value === "boolean" ? (value ? "True" : "False") : (text(value) ?? "None");
  return parted("[\n", "\n]\n", (row) =>
    JSON.stringify({ TableName: "PrimaryResult", ...mapped(row, word) }, null, 2),
  );
}

/** The REST interface: one table, cells in the order of its columns. */
export function tableRows(): Shape {
  const columns = COLUMNS.map((name) => ({ name, type: name === "TimeGenerated" ? "datetime" : "dynamic" }));
  const begin = `{"tables":[{"name":"PrimaryResult","columns":${JSON.stringify(columns)},"rows":[\n`;
  const cell = (value: Value): Value => (typeof value === "object" ? text(value) : value);
  return parted(begin, "\n]}]}\n", (row) => JSON.stringify(COLUMNS.map((name) => cell(row[name] ?? null))));
}

/** The portal in English of the United States, with times in UTC. */
export function csvRows(): Shape {
  const cell = (name: string, value: Value): string => {
    const written = name === "TimeGenerated" ? american(String(value)) : (text(value) ?? "");
    return /[",\n]/.test(written) ? `"${written.replaceAll('"', '""')}"` : written;
  };
  return {
    begin: () => `${COLUMNS.map((name) => (name === "TimeGenerated" ? `${name} [UTC]` : name)).join(",")}\n`,
    lines: rowsOf((row) => COLUMNS.map((name) => cell(name, row[name] ?? null)).join(",")),
    end: () => "",
  };
}

/** `2026-05-12T21:40:00.502825226Z` -> `5/12/2026, 9:40:00.502 PM`. */
function american(time: string): string {
  const [date = "", rest = ""] = time.split("T");
  const [year = "", month = "", day = ""] = date.split("-");
  const hour = Number(rest.slice(0, 2));
  const fraction = /\.(\d{1,9})/.exec(rest)?.[1] ?? "0";
  return `${Number(month)}/${Number(day)}/${year}, ${hour % 12 || 12}:${rest.slice(3, 8)}.${fraction.padEnd(9, "0").slice(0, 3)} ${hour < 12 ? "AM" : "PM"}`;
}

function mapped(row: Row, spell: (value: Value) => string): Record<string, string> {
  return Object.fromEntries(COLUMNS.map((name) => [name, spell(row[name] ?? null)]));
}

function rowsOf(write: (row: Row) => string): (line: string) => readonly string[] {
  return (line) => {
    const { flow } = JSON.parse(line) as LineJson;
    return flow === undefined ? [] : [write(rowOf(flow))];
  };
}

/** Rows with commas between them: each but the first begins with one. */
function parted(begin: string, end: string, write: (row: Row) => string): Shape {
  let isFirst = true;
  return {
    begin: () => begin,
    lines: rowsOf((row) => {
      const written = `${isFirst ? "" : ","}${write(row)}`;
      isFirst = false;
      return written;
    }),
    end: () => end,
  };
}
