/**
 * Rows of the tables `ContainerNetworkLogs` and `RetinaNetworkFlowLogs` in Azure Log Analytics.
 *
 * A row is a flow record that a shipper flattened into columns; it is put together again and read as Hubble's own.
 * Columns: Azure Monitor reference `tables/containernetworklogs`, and the shipper,
 * microsoft/Docker-Provider `source/plugins/go/src/network_flow_logs.go` (flow-formats 4.4 to 4.6).
 *
 * Every export spells values in its own way: all as text, `None` for null, JSON in text, JSON in JSON in text. A query may
 * have dropped or renamed columns, so a row needs only a time and one of verdict, namespaces, identities.
 */

import { DNS_RCODE } from "@/lib/flow/enums";
import type { Flow } from "@/lib/flow/flow";
import { PRESENT } from "@/lib/flow/presence";
import { type Column, columnWithin, rowByPaths } from "./columns";
import { readHubbleFlow } from "./hubble-flow";
import { ANY, EVENT_TYPE, IP, L4, L7, type Node } from "./members-of-flow";
import { FieldError, isObject, type JsonObject, member } from "./proto-json";
import { parseTableTime, zoneOfColumn } from "./table-time";

/** Values by the plain name of their column: lower case, without a zone. */
export type Row = ReadonlyMap<string, unknown>;

const TIME_COLUMNS = ["timegenerated", "timestamp", "time"];
const FLOW_COLUMNS = [
  "verdict",
  "sourcenamespace",
  "destinationnamespace",
  "sourceidentity",
  "destinationidentity",
];
/** Tables in which a log line is a cell: `ContainerLogV2` and `ContainerLog`, and what log stores save as CSV. */
const LINE_COLUMNS = [
  ...["logmessage", "logentry"],
  ...["message", "@message", "line", "log", "msg", "body", "content", "event", "_raw", "_source"],
  ...["textpayload", "jsonpayload", "text_payload", "json_payload", "rawdata", "syslogmessage"],
];
/** A column's name, as opposed to a line of a log that happens to hold such a word. */
const COLUMN_NAME = /^[\w@. /()-]{1,64}(\[[^\]]*\])?$/;

/** All columns that are read, for {@link nameOf}. */
const COLUMNS: ReadonlySet<string> = new Set([
  ...FLOW_COLUMNS,
  ...["timegenerated", "uuid", "dropreason", "ip", "layer4", "layer7", "flowtype", "nodename", "reply"],
  ...["eventtype", "service", "trafficdirection", "traceobservationpoint", "policies", "additionalflowdata"],
  ...["ingressflowcount", "egressflowcount", "unknowndirectionflowcount", "packetssent", "packetsreceived"],
  ...["clustername", "podname", "workloads"].flatMap((name) => [`source${name}`, `destination${name}`]),
]);

/** Columns that hold objects; a data frame may have a column for each of their members, `Layer4.TCP.destination_port`. */
const DYNAMIC: ReadonlyMap<string, Node> = new Map([
  ["ip", IP],
  ["layer4", L4],
  ["layer7", L7],
  ["eventtype", EVENT_TYPE],
  ["service", ANY],
  ["policies", ANY],
  ["additionalflowdata", ANY],
]);

interface Spelling {
  readonly plain: string;
  /** What it is a member of, and which one. */
  readonly within: Column | undefined;
  /** Where it was written apart (`Time Generated`, `source_namespace`) and is a column's. Other formats have such names, too. */
  readonly name: string;
}

/** Rows have the same columns again and again. */
const spellings = new Map<string, Spelling>();
const MOST_SPELLINGS = 1000;

/** `TimeGenerated [UTC]` -> `timegenerated`. */
function spellingOf(column: string): Spelling {
  let known = spellings.get(column);
  if (known === undefined) {
    if (spellings.size >= MOST_SPELLINGS) spellings.clear();
    const plain = column
      .replace(/\s*\[[^\]]*\]\s*$/, "")
      .trim()
      .toLowerCase();
    const joined = plain.replace(/_[sdbtgl]$/, "").replace(/[\s_-]/g, "");
    const within = withinOf(column);
    known = { plain, within, name: COLUMNS.has(joined) ? joined : plain };
    spellings.set(column, known);
  }
  return known;
}

function withinOf(column: string): Column | undefined {
  const [, holder = "", rest = ""] = /^([A-Za-z0-9]+)([._].*)$/.exec(column) ?? [];
  const node = DYNAMIC.get(holder.toLowerCase());
  return node && columnWithin(column, holder.toLowerCase(), rest, node);
}

function plainName(column: string): string {
  return spellingOf(column).plain;
}

function nameOf(column: string): string {
  return spellingOf(column).name;
}

/** True of a table whose time only Log Analytics has. */
function isOfLogAnalytics(columns: readonly string[]): boolean {
  return columns.some((column) => nameOf(column) === "timegenerated");
}

function hasOneOf(names: ReadonlySet<string> | Row, wanted: readonly string[]): boolean {
  return wanted.some((name) => names.has(name));
}

/** Columns of numbers of rows (pandas) and those behind a last separator have no name. */
function isColumnName(column: string): boolean {
  return column === "" || COLUMN_NAME.test(column);
}

/** True when rows with these columns are flows as Log Analytics has them, not Hubble's own members as columns. */
export function isTableOfFlows(columns: readonly string[]): boolean {
  const names = new Set(columns.map(isOfLogAnalytics(columns) ? nameOf : plainName));
  return hasOneOf(names, FLOW_COLUMNS.slice(1)) || (names.has("timegenerated") && names.has("verdict"));
}

/** True when rows with these columns are records, or hold one. */
export function isTableOfRecords(columns: readonly string[]): boolean {
  const names = new Set(columns.map(plainName));
  if (hasOneOf(names, LINE_COLUMNS) && columns.every(isColumnName)) return true;
  if (isOfLogAnalytics(columns)) return hasOneOf(new Set(columns.map(nameOf)), FLOW_COLUMNS);
  return hasOneOf(names, TIME_COLUMNS) && hasOneOf(names, FLOW_COLUMNS);
}

/** A row of flow columns in JSON or cut out of a table; undefined when the object is something else. */
export function flowRowOf(
  document: JsonObject,
): { readonly row: Row; readonly timeColumn: string } | undefined {
  const row = new Map<string, unknown>();
  let timeColumn: string | undefined;
  const columns = Object.keys(document);
  const named = isOfLogAnalytics(columns) ? nameOf : plainName;
  for (const column of columns) {
    const name = named(column);
    if (TIME_COLUMNS.includes(name)) timeColumn ??= column;
    row.set(name, known(document[column]));
  }
  putMembers(document, columns, row);
  // A row in which all of them are empty says nothing.
  if (timeColumn === undefined || !FLOW_COLUMNS.some((name) => row.get(name) !== undefined)) return undefined;
  // `{"time":..,"verdict":..}` is a bare flow behind a field mask.
  const isBare = "verdict" in document && !hasOneOf(row, FLOW_COLUMNS.slice(1)) && !row.has("timegenerated");
  return isBare ? undefined : { row, timeColumn };
}

/** Objects whose members are columns. */
function putMembers(document: JsonObject, columns: readonly string[], row: Map<string, unknown>): void {
  const plan = columns.map((column) => spellingOf(column).within);
  if (plan.every((column) => column === undefined)) return;
  const objects = rowByPaths(
    plan,
    columns.map((column) => document[column]),
  );
  for (const name in objects) if (row.get(name) === undefined) row.set(name, objects[name]);
}

/** Nothing stands for null in one export or another. Blanks around a cell are of whoever typed or aligned the table. */
function known(cell: unknown): unknown {
  const value = typeof cell === "string" ? cell.trim() : cell;
  if (value === null || value === "" || value === "None" || value === "null" || value === "NaN")
    return undefined;
  return value;
}

/** Throws FieldError when a column has a value that its type cannot have. */
export function readLogAnalyticsRow(row: Row, timeColumn: string): Flow {
  const flow = readHubbleFlow(messageOf(row));
  const time = row.get(nameOf(timeColumn));
  if (time !== undefined) {
    flow.present |= PRESENT.time;
    flow.timeNs = typeof time === "string" ? parseTableTime(time, zoneOfColumn(timeColumn)) : undefined;
    if (flow.timeNs === undefined) flow.timeText = String(time).slice(0, 100);
  }
  if (flow.aggregate === undefined && !keepsDetails(row)) {
    // Aggregation is the default, and a query may have left the counters out: it stands for one event or more.
    flow.aggregate = {};
    flow.eventsAtLeast = true;
  }
  return flow;
}

/** True when the row holds something that aggregation would have removed: it is one event. */
function keepsDetails(row: Row): boolean {
  const layer4 = dynamic(row, "layer4");
  const protocol = isObject(layer4) ? Object.values(layer4).find(isObject) : undefined;
  return (
    [
      "sourcepodname",
      "destinationpodname",
      "eventtype",
      "traceobservationpoint",
      "packetssent",
      "packetsreceived",
    ].some((name) => row.get(name) !== undefined) ||
    (protocol !== undefined &&
      (member(protocol, "source_port") !== undefined || protocol.flags !== undefined))
  );
}

function messageOf(row: Row): JsonObject {
  const more = object(row, "additionalflowdata");
  return {
    ...policiesOf(row),
    verdict: enumValue(row.get("verdict")),
    drop_reason_desc: dropReasonOf(row),
    IP: addressesOf(row),
    l4: layer4Of(row),
    l7: layer7Of(row),
    source: sideOf(row, "source", more?.SourceLabels),
    destination: sideOf(row, "destination", more?.DestinationLabels),
    Type: enumValue(row.get("flowtype")),
    node_name: row.get("nodename"),
    is_reply: booleanOf(row, "reply"),
    event_type: object(row, "eventtype"),
    source_service: serviceOf(row, "Source"),
    destination_service: serviceOf(row, "Destination"),
    traffic_direction: enumValue(row.get("trafficdirection")),
    trace_observation_point: enumValue(row.get("traceobservationpoint")),
    aggregate: countersOf(row),
    ethernet: ethernetOf(more),
    Summary: known(more?.Summary),
    extensions: known(more?.Extensions),
  };
}

/** A dynamic column: JSON, or JSON in text, or (once more) in text. */
function dynamic(row: Row, name: string): unknown {
  return parsed(row.get(name), name);
}

function parsed(value: unknown, name: string): unknown {
  let inner = value;
  for (let level = 0; level < 2 && typeof inner === "string" && /^\s*["[{]/.test(inner); level++) {
    try {
      inner = JSON.parse(inner);
    } catch {
      throw new FieldError(name, "JSON", value);
    }
  }
  return known(inner);
}

function object(row: Row, name: string): JsonObject | undefined {
  const value = dynamic(row, name);
  if (value === undefined) return undefined;
  if (isObject(value)) return value;
  throw new FieldError(name, "an object", value);
}

/** An enum's number may come as text. */
function enumValue(value: unknown): unknown {
  return typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
}

/** The zero value stands for "none" here: rows without a drop have the column too. */
function dropReasonOf(row: Row): unknown {
  const value = enumValue(row.get("dropreason"));
  return value === 0 || value === "DROP_REASON_UNKNOWN" ? undefined : value;
}

/** `True`, `true`, `1` and their like. */
function booleanOf(row: Row, name: string): boolean | undefined {
  const value = row.get(name);
  if (value === undefined) return undefined;
  const word = String(value).toLowerCase();
  if (word === "true" || word === "1") return true;
  if (word === "false" || word === "0") return false;
  throw new FieldError(name, "true or false", value);
}

/** Spreadsheets and data frames write `42.0`. */
function wholeNumber(row: Row, name: string): unknown {
  const value = row.get(name);
  return typeof value === "string" ? value.replace(/\.0+$/, "") : value;
}

/** Member names as Hubble writes them; samples of Microsoft begin them with capitals. */
function addressesOf(row: Row): JsonObject | undefined {
  const ip = object(row, "ip");
  if (ip === undefined) return undefined;
  const members: Record<string, unknown> = {};
  for (const key in ip) members[`${key.charAt(0).toLowerCase()}${key.slice(1)}`] = known(ip[key]);
  members.encrypted = booleanOf(new Map([["encrypted", members.encrypted]]), "encrypted");
  return members;
}

const PROTOCOLS: ReadonlyMap<string, string> = new Map(
  ["TCP", "UDP", "SCTP", "ICMPv4", "ICMPv6", "VRRP", "IGMP"].map((name) => [name.toLowerCase(), name]),
);

function layer4Of(row: Row): JsonObject | undefined {
  const layer4 = object(row, "layer4");
  if (layer4 === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(layer4).map(([name, value]) => [PROTOCOLS.get(name.toLowerCase()) ?? name, value]),
  );
}

function layer7Of(row: Row): JsonObject | undefined {
  const layer7 = object(row, "layer7");
  if (layer7 === undefined || Object.keys(layer7).length === 0) return undefined;
  const dns = member(layer7, "dns");
  if (!isObject(dns) || typeof dns.rcode !== "string") return layer7;
  return { ...layer7, dns: { ...dns, rcode: rcodeOf(dns.rcode) } };
}

/** A number, its text, or its name: Microsoft's sample queries compare with names. */
function rcodeOf(text: string): number {
  const code = /^\d{1,5}$/.test(text) ? Number(text) : DNS_RCODE.numberOf.get(text.toUpperCase());
  if (code === undefined) throw new FieldError("Layer7.dns.rcode", "a DNS response code", text);
  return code;
}

function sideOf(row: Row, side: "source" | "destination", labels: unknown): JsonObject | undefined {
  const endpoint = {
    identity: wholeNumber(row, `${side}identity`),
    cluster_name: row.get(`${side}clustername`),
    namespace: row.get(`${side}namespace`),
    pod_name: row.get(`${side}podname`),
    workloads: dynamic(row, `${side}workloads`),
    labels: parsed(known(labels), `${side}labels`),
  };
  return Object.values(endpoint).some((value) => value !== undefined) ? endpoint : undefined;
}

function serviceOf(row: Row, side: "Source" | "Destination"): JsonObject | undefined {
  const service = object(row, "service");
  const name = known(service?.[`${side}Service`]);
  const namespace = known(service?.[`${side}ServiceNamespace`]);
  return name === undefined && namespace === undefined ? undefined : { name, namespace };
}

function ethernetOf(more: JsonObject | undefined): JsonObject | undefined {
  const [source, destination] = [known(more?.EthernetSource), known(more?.EthernetDestination)];
  return source === undefined && destination === undefined ? undefined : { source, destination };
}

/** Spreadsheets part thousands, too: `1,234`. */
function counterOf(row: Row, name: string): unknown {
  const value = wholeNumber(row, name);
  return typeof value === "string" && /^\d{1,3}(?:,\d{3})+$/.test(value) ? value.replaceAll(",", "") : value;
}

/** Counters of zero are no counters: a record stands for an event at least. */
function countersOf(row: Row): JsonObject | undefined {
  const counters: Record<string, unknown> = {
    ingress_flow_count: counterOf(row, "ingressflowcount"),
    egress_flow_count: counterOf(row, "egressflowcount"),
    unknown_direction_flow_count: counterOf(row, "unknowndirectionflowcount"),
  };
  return Object.values(counters).some((value) => value !== undefined && Number(value) !== 0)
    ? counters
    : undefined;
}

const POLICY_LISTS = [
  "egress_allowed_by",
  "ingress_allowed_by",
  "egress_denied_by",
  "ingress_denied_by",
] as const;

/** Up to four lists, each mostly once more JSON in text. */
function policiesOf(row: Row): JsonObject {
  // A list by itself does not say in which direction its policies decided: they stay in the original.
  if (Array.isArray(dynamic(row, "policies"))) return {};
  const policies = object(row, "policies");
  if (policies === undefined) return {};
  return Object.fromEntries(
    POLICY_LISTS.map((name) => [name, parsed(known(member(policies, name)), `Policies.${name}`)]),
  );
}

/** The text of the row without its UUID, which the shipper makes up where the flow had none. */
export function identityWithoutUuid(text: string, row: Row): string {
  const uuid = row.get("uuid");
  return typeof uuid === "string" && uuid.length > 7 ? text.replace(uuid, "") : text;
}
