"use client";

import { Unreadable } from "@/components/frame/unreadable";
import { type ScopeHandle, useScope } from "@/components/frame/use-scope";
import { Button } from "@/components/ui/button";
import { formatQuantity } from "@/components/ui/format";
import { later } from "@/components/ui/later";
import { useHotkeys } from "@/components/ui/use-hotkeys";
import shared from "@/components/ui/view.module.css";
import { DnsTiles } from "./dns-tiles";
import styles from "./dns-view.module.css";
import type { DnsBy } from "./dns-words";
import { Failed } from "./failed";
import { lacksOf } from "./lacks";
import { useDns } from "./queries";

const Charts = later(() => import("./dns-charts").then((module) => module.DnsCharts));
const NoDns = later(() => import("./no-names").then((module) => module.NoDns));
const NamesLeftOut = later(() => import("./no-names").then((module) => module.NamesLeftOut));
const Causes = later(() => import("./causes-table").then((module) => module.CausesTable));
const Drawer = later(() => import("./cause-drawer").then((module) => module.CauseDrawer));
const Table = later(() => import("./dns-table").then((module) => module.DnsTable));
const Expansion = later(() => import("./expansion-panel").then((module) => module.ExpansionPanel));
const Responses = later(() => import("./responses-table").then((module) => module.ResponsesTable));
const Connections = later(() => import("./connections-panel").then((module) => module.ConnectionsPanel));
const Latency = later(() => import("./latency-panel").then((module) => module.LatencyPanel));

const PARTS = {
  causes: "Causes",
  tables: "Tables",
  "search-lists": "Search lists",
  responses: "Responses",
  connections: "Connections",
  latency: "Latency",
} as const;
type Part = keyof typeof PARTS;
const PART_NAMES = Object.keys(PARTS) as Part[];

/**
 * DNS of the scope: questions and answers, each counted once, what failed and for whom.
 *
 * Empty: says why the log holds no DNS messages, and how to have them written. Loading: keeps what was there. Failed: says
 * why, with a way to try again. A link that cannot be read shows nothing.
 */
export function DnsView({ captureId }: { readonly captureId: string }) {
  const scope = useScope();
  const dns = useDns(captureId, scope, "rcode");
  const { cause } = scope.view;
  const close = () => scope.setView({ cause: null });
  useHotkeys({ Escape: () => (cause === undefined ? false : close()) });
  if (scope.scope === undefined) return <Unreadable what="DNS" scope={scope} />;
  if (dns.data === undefined) {
    if (dns.error === null) return <p className={shared.loading}>Counting queries …</p>;
    return <Failed error={dns.error} onRetry={() => dns.refetch()} />;
  }
  const { total, meta } = dns.data;
  const place = { captureId, query: scope.query };
  const lacks = lacksOf(total);
  const isEmpty = total.queries + total.responses + total.secondHops === 0;
  return (
    <div className={shared.view}>
      <div className={`${shared.main} ${styles.main}`}>
        <h1 className={shared.count} aria-live="polite">
          {lacks.questions
            ? formatQuantity(total.responses, "DNS response")
            : formatQuantity(total.queries, "DNS query", "DNS queries")}
        </h1>
        {!isEmpty &&
          meta.notes.map((note) => (
            <p key={note} className={shared.note}>
              {note}
            </p>
          ))}
        {isEmpty ? (
          <NoDns captureId={captureId} scope={scope} />
        ) : (
          <>
            {total.nameless + total.namelessResponses > 0 && (
              <NamesLeftOut captureId={captureId} place={place} total={total} />
            )}
            <DnsTiles place={place} total={total} />
            <Charts captureId={captureId} scope={scope} lacks={lacks} />
            <PartSwitch scope={scope} />
            <PartOf captureId={captureId} scope={scope} first={lacks.names ? "client" : "root"} />
          </>
        )}
      </div>
      {cause !== undefined && <Drawer captureId={captureId} causeId={cause} scope={scope} onClose={close} />}
    </div>
  );
}

function partOf({ view }: ScopeHandle): Part {
  return PART_NAMES.find((name) => name === view.part) ?? "causes";
}

function PartSwitch({ scope }: { readonly scope: ScopeHandle }) {
  const part = partOf(scope);
  const show = (next: Part) =>
    scope.setView({ part: next === "causes" ? null : next, by: null, find: null, open: null });
  return (
    <fieldset className={styles.parts}>
      <legend className="spoken">Show</legend>
      {PART_NAMES.map((name) => (
        <Button key={name} small aria-pressed={name === part} onClick={() => show(name)}>
          {PARTS[name]}
        </Button>
      ))}
    </fieldset>
  );
}

interface PartOfProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  readonly first: DnsBy;
}

function PartOf({ captureId, scope, first }: PartOfProps) {
  switch (partOf(scope)) {
    case "causes":
      return <Causes captureId={captureId} scope={scope} />;
    case "tables":
      return <Table captureId={captureId} scope={scope} first={first} />;
    case "search-lists":
      return <Expansion captureId={captureId} scope={scope} />;
    case "responses":
      return <Responses captureId={captureId} scope={scope} />;
    case "connections":
      return <Connections captureId={captureId} scope={scope} />;
    case "latency":
      return <Latency captureId={captureId} scope={scope} />;
  }
}
