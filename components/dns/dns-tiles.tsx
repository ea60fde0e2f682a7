import { formatQuantity } from "@/components/ui/format";
import { Tile, Tiles } from "@/components/ui/tile";
import type { DnsAnswer } from "@/lib/questions/dns-answers";
import { DNS_CELLS, errorCell } from "@/lib/scope/dns-cells";
import { Cell, type Place, TableLink } from "./dns-links";
import { latencyText, percentText, rcodeLong, rcodeShort } from "./dns-words";
import { lacksOf } from "./lacks";

type Total = DnsAnswer["total"];

interface DnsTilesProps {
  readonly place: Place;
  readonly total: Total;
}

/** The numbers of the scope. What is none and would be no trouble is left out; what cannot be told is not none. */
export function DnsTiles({ place, total }: DnsTilesProps) {
  const { queries, responses, latencyNs } = total;
  const lacks = lacksOf(total);
  const shareOf = (part: number, what: string, whole: number) => `${percentText(part, whole)} of ${what}`;
  const number = (name: keyof typeof DNS_CELLS & keyof Total, isUnknown = false) => {
    if (isUnknown) return "unknown";
    const says = DNS_CELLS[name].startsWith("dns:response") ? "responses" : "queries";
    return <Cell place={place} count={Number(total[name])} terms={[DNS_CELLS[name]]} says={says} />;
  };
  return (
    <Tiles label="DNS in numbers">
      <Tile
        label="Queries"
        value={number("queries", lacks.questions)}
        note={<Askers place={place} total={total} />}
      />
      <Tile
        label="Responses"
        value={number("responses")}
        note={queries === 0 ? "their questions are not counted here" : shareOf(responses, "queries", queries)}
      />
      {realErrors(total).map(({ code, count }) => (
        <Tile
          key={code}
          label={rcodeShort(code)}
          value={<Cell place={place} count={count} terms={[errorCell(code)]} says="responses" />}
          note={
            lacks.successes
              ? rcodeLong(code)
              : `${rcodeLong(code)}, ${shareOf(count, "responses", responses)}`
          }
          tone={count > 0 ? "bad" : undefined}
        />
      ))}
      <Tile
        label="Unanswered"
        value={number("unanswered", lacks.outcomes)}
        note={
          total.open > 0 ? (
            <OpenNote place={place} open={total.open} />
          ) : lacks.outcomes ? (
            "without question, name or port nothing is paired"
          ) : (
            "no answer within 5 s"
          )
        }
        tone={total.unanswered > 0 ? "bad" : undefined}
      />
      {total.refused > 0 && (
        <Tile
          label="Refused by a DNS rule"
          value={number("refused")}
          note={shareOf(total.refused, "queries", queries)}
          tone="bad"
        />
      )}
      <Tile
        label="Search-list attempts"
        value={number("expansion", lacks.names)}
        note={
          lacks.names
            ? "NXDOMAIN without names cannot be told apart"
            : `${percentText(total.expansion, queries)} of queries; NXDOMAIN, but no failure`
        }
        tone={total.expansion * 4 > queries ? "warn" : undefined}
      />
      <Tile label="NODATA" value={number("noData", lacks.names)} note="name exists, no record of this type" />
      {total.retries > 0 && (
        <Tile label="Asked again" value={number("retries")} note="because no answer came" tone="warn" />
      )}
      <Tile
        label="Latency, p95"
        value={latencyText(latencyNs.p95)}
        note={
          latencyNs.samples === 0 ? (
            "no question has an answer by the same clock"
          ) : (
            <>
              p50 {latencyText(latencyNs.p50)}, p99 {latencyText(latencyNs.p99)}, computed from{" "}
              <Cell place={place} count={latencyNs.samples} terms={[DNS_CELLS.samples]} says="responses" />{" "}
              pairs
            </>
          )
        }
      />
      {total.unpaired > 0 && (
        <Tile
          label="Outcome not known"
          value={number("unpaired")}
          note="records without name, port or time"
        />
      )}
      {total.secondHops > 0 && (
        <Tile label="Passed on by resolvers" value={number("secondHops")} note="counted nowhere else" />
      )}
    </Tiles>
  );
}

/** How many names, by how many workloads: each leads to the table of them. */
function Askers({ place, total: { names, clients, queries } }: DnsTilesProps) {
  const workloads = (
    <TableLink place={place} by="client">
      {formatQuantity(clients, "workload")}
    </TableLink>
  );
  if (queries === 0) return <>not in the log; answers to {workloads}</>;
  if (names === 0) return <>names left out by the log; {workloads}</>;
  return (
    <>
      <TableLink place={place} by="query">
        {formatQuantity(names, "name")}
      </TableLink>
      , {workloads}
    </>
  );
}

function OpenNote({ place, open }: { readonly place: Place; readonly open: number }) {
  return (
    <>
      and <Cell place={place} count={open} terms={[DNS_CELLS.open]} says="queries" /> open: end of the capture
      or beside a loss
    </>
  );
}

/** Codes of names that fail by themselves; NXDOMAIN is there even when it is none, because it is looked for. */
export function realErrors({ errors, expansion }: Pick<Total, "errors" | "expansion">): {
  readonly code: string;
  readonly count: number;
}[] {
  return Object.entries({ NXDOMAIN: 0, ...errors }).map(([code, count]) => ({
    code,
    count: code === "NXDOMAIN" ? count - expansion : count,
  }));
}
