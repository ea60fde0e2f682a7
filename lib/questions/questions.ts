/** All questions by name: scope in, answer out. The seam behind which another store could stand. */

import { fail, ok, type Result } from "@/lib/base/result";
import { type ContentDigest, digestContent } from "@/lib/capture/content-digest";
import {
  type FileReport,
  readFile,
  readFiles,
  type UnfinishedFile,
  unfinishedFiles,
} from "@/lib/capture/files";
import { type CaptureSummary, summarise } from "@/lib/capture/summarise";
import { type AllCausesParameters, readAllCauses } from "./all-causes";
import type { AllCausesAnswer } from "./all-causes-answer";
import type { FacetsAnswer, FlowDetailAnswer, FlowsAnswer, SummaryAnswer, TimelineAnswer } from "./answers";
import type { DropCauseAnswer, DropPoliciesAnswer, DropsAnswer, NotDropsAnswer } from "./answers-drops";
import type { L7Answer, L7ExamplesAnswer, L7TimelineAnswer } from "./answers-l7";
import type { MapAnswer } from "./answers-map";
import type {
  ConnectionsAnswer,
  ConnectionsTimelineAnswer,
  ServicesAnswer,
  TrafficAnswer,
  WorkloadsAnswer,
} from "./answers-workloads";
import { type ChangesParameters, readChanges } from "./changes";
import type { ChangesAnswer } from "./changes-answer";
import { type ConnectionsParameters, readConnections } from "./connections";
import { type ConnectionsTimelineParameters, readConnectionsTimeline } from "./connections-timeline";
import { type DnsParameters, readDns } from "./dns";
import type {
  DnsAnswer,
  DnsExpansionAnswer,
  DnsLatencyAnswer,
  DnsResponsesAnswer,
  DnsSeriesAnswer,
} from "./dns-answers";
import { type DnsCausesParameters, readDnsCauses } from "./dns-causes";
import type { DnsCausesAnswer } from "./dns-causes-answer";
import { type DnsConnectionsParameters, readDnsConnections } from "./dns-connections";
import type { DnsConnectionsAnswer } from "./dns-connections-answer";
import { type DnsExpansionParameters, readDnsExpansion } from "./dns-expansion";
import { type DnsLatencyParameters, readDnsLatency } from "./dns-latency";
import { type DnsResponsesParameters, readDnsResponses } from "./dns-responses";
import { type DnsSeriesParameters, readDnsSeries } from "./dns-series";
import { type DropCauseParameters, readDropCause } from "./drop-cause";
import { type DropPoliciesParameters, readDropPolicies } from "./drop-policies";
import { type DropsParameters, readDrops } from "./drops";
import { type ExportPage, type ExportParameters, readExport } from "./export/export";
import { type FacetsParameters, readFacets } from "./facets/facets";
import type { QuestionFailure } from "./failure";
import { readFlow, readFlowBytes } from "./flow";
import { type FlowsParameters, readFlows } from "./flows";
import { type L7Parameters, readL7 } from "./l7";
import { type L7ExamplesParameters, readL7Examples } from "./l7-examples";
import { type L7TimelineParameters, readL7Timeline } from "./l7-timeline";
import { type MapParameters, readMap } from "./map";
import { type NotDropsParameters, readNotDrops } from "./not-drops";
import type { OpenCapture } from "./open-capture";
import type { ReportAnswer } from "./report/answer";
import { readReport } from "./report/report";
import { readScope, type ScopeParameters } from "./scope-parameters";
import { readServices, type ServicesParameters } from "./services";
import { readSummary } from "./summary";
import { readTimeline, type TimelineParameters } from "./timeline";
import { readTraffic, type TrafficParameters } from "./traffic";
import { readWorkloads, type WorkloadsParameters } from "./workloads";

interface OfARevision {
  readonly revision?: string | undefined;
}

interface OfAFlow extends OfARevision {
  readonly flowId: string;
}

export interface Questions {
  summary: { ask: ScopeParameters; answer: SummaryAnswer };
  flows: { ask: FlowsParameters; answer: FlowsAnswer };
  flow: { ask: OfAFlow; answer: FlowDetailAnswer };
  flowBytes: { ask: OfAFlow; answer: Uint8Array };
  /** One page; bin/export-stream.ts asks for one after the other. */
  export: { ask: ExportParameters; answer: ExportPage };
  timeline: { ask: TimelineParameters; answer: TimelineAnswer };
  l7: { ask: L7Parameters; answer: L7Answer };
  l7Timeline: { ask: L7TimelineParameters; answer: L7TimelineAnswer };
  l7Examples: { ask: L7ExamplesParameters; answer: L7ExamplesAnswer };
  workloads: { ask: WorkloadsParameters; answer: WorkloadsAnswer };
  connections: { ask: ConnectionsParameters; answer: ConnectionsAnswer };
  connectionsTimeline: { ask: ConnectionsTimelineParameters; answer: ConnectionsTimelineAnswer };
  services: { ask: ServicesParameters; answer: ServicesAnswer };
  traffic: { ask: TrafficParameters; answer: TrafficAnswer };
  map: { ask: MapParameters; answer: MapAnswer };
  changes: { ask: ChangesParameters; answer: ChangesAnswer };
  drops: { ask: DropsParameters; answer: DropsAnswer };
  dropCause: { ask: DropCauseParameters; answer: DropCauseAnswer };
  notDrops: { ask: NotDropsParameters; answer: NotDropsAnswer };
  dropPolicies: { ask: DropPoliciesParameters; answer: DropPoliciesAnswer };
  facets: { ask: FacetsParameters; answer: FacetsAnswer };
  report: { ask: OfARevision; answer: ReportAnswer };
  contentDigest: { ask: OfARevision; answer: ContentDigest };
  causes: { ask: AllCausesParameters; answer: AllCausesAnswer };
  dns: { ask: DnsParameters; answer: DnsAnswer };
  dnsLatency: { ask: DnsLatencyParameters; answer: DnsLatencyAnswer };
  dnsExpansion: { ask: DnsExpansionParameters; answer: DnsExpansionAnswer };
  dnsCauses: { ask: DnsCausesParameters; answer: DnsCausesAnswer };
  dnsSeries: { ask: DnsSeriesParameters; answer: DnsSeriesAnswer };
  dnsResponses: { ask: DnsResponsesParameters; answer: DnsResponsesAnswer };
  dnsConnections: { ask: DnsConnectionsParameters; answer: DnsConnectionsAnswer };
  files: { ask: Record<string, never>; answer: FileReport[] };
  file: { ask: { fileId: number }; answer: FileReport };
  /** Files that were on their way when the server stopped. */
  unfinishedFiles: { ask: Record<string, never>; answer: UnfinishedFile[] };
  summarise: { ask: Record<string, never>; answer: CaptureSummary };
}

export type QuestionName = keyof Questions;
export type Ask<Name extends QuestionName> = Questions[Name]["ask"];
export type Answer<Name extends QuestionName> = Questions[Name]["answer"];

type Asked<Name extends QuestionName> = (
  capture: OpenCapture,
  ask: Ask<Name>,
) => Result<Answer<Name>, QuestionFailure>;

export const QUESTIONS: { readonly [Name in QuestionName]: Asked<Name> } = {
  summary: readSummary,
  flows: readFlows,
  flow: (capture, { flowId, revision }) => atRevision(capture, revision, () => readFlow(capture, flowId)),
  flowBytes: (capture, { flowId, revision }) =>
    atRevision(capture, revision, () => readFlowBytes(capture, flowId)),
  export: readExport,
  timeline: readTimeline,
  l7: readL7,
  l7Timeline: readL7Timeline,
  l7Examples: readL7Examples,
  workloads: readWorkloads,
  connections: readConnections,
  connectionsTimeline: readConnectionsTimeline,
  services: readServices,
  traffic: readTraffic,
  map: readMap,
  changes: readChanges,
  drops: readDrops,
  dropCause: readDropCause,
  notDrops: readNotDrops,
  dropPolicies: readDropPolicies,
  facets: readFacets,
  report: (capture, { revision }) => atRevision(capture, revision, () => readReport(capture)),
  contentDigest: (capture, { revision }) =>
    atRevision(capture, revision, () =>
      ok(capture.keep("content digest", () => digestContent(capture.database))),
    ),
  causes: readAllCauses,
  dns: readDns,
  dnsLatency: readDnsLatency,
  dnsExpansion: readDnsExpansion,
  dnsCauses: readDnsCauses,
  dnsSeries: readDnsSeries,
  dnsResponses: readDnsResponses,
  dnsConnections: readDnsConnections,
  files: (capture) => ok(readFiles(capture.database)),
  file: ({ database }, { fileId }) => {
    const report = readFile(database, fileId);
    return report === undefined
      ? fail("file_not_found", "There is no such file in this capture.")
      : ok(report);
  },
  unfinishedFiles: (capture) => ok(unfinishedFiles(capture.database)),
  summarise: (capture) => ok(summarise(capture.database)),
};

/** A question about no scope, of one revision. */
function atRevision<Answer>(
  capture: OpenCapture,
  revision: string | undefined,
  answer: () => Result<Answer, QuestionFailure>,
): Result<Answer, QuestionFailure> {
  if (revision === undefined) return answer();
  const there = readScope(capture, { revision });
  return there.ok ? answer() : there;
}
