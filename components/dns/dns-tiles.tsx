import { formatQuantity } from "@/components/ui/format";
import { Tile, Tiles } from "@/components/ui/tile";
import type { DnsAnswer } from "@/lib/questions/dns-answers";
import { DNS_CELLS, errorCell } from "@/lib/scope/dns-cells";
import { Cell, type Place } from "./dns-links";
import { latencyText, percentText, rcodeLong, rcodeShort } from "./dns-words";

interface DnsTilesProps {
  readonly place: Place;
  readonly total: DnsAnswer["total"];
}

/** The numbers of the scope. What is none and would be no trouble is left out. */
export function DnsTiles({ place, total }: DnsTilesProps) {
  const { queries, responses, latencyNs } = total;
  // What a record without name, port or time cannot tell is not none.
  const isNameless = queries > 0 && total.nameless === queries;
  const isUnpaired = queries > 0 && total.unpaired === queries;
  const shareOf = (part: number, what: string, whole: number) => `${percentText(part, whole)} of ${what}`;
  return (
    <Tiles label="DNS in numbers">
      <Tile
        label="Queries"
        value={<Cell place={place} count={queries} terms={[DNS_CELLS.queries]} says="queries" />}
        note={
          isNameless
            ? "names left out by the log"
            : `${formatQuantity(total.names, "name")}, ${formatQuantity(total.clients, "workload")}`
        }
      />
      <Tile
        label="Responses"
        value={<Cell place={place} count={responses} terms={[DNS_CELLS.responses]} says="responses" />}
        note={shareOf(responses, "queries", queries)}
      />
      {realErrors(total).map(({ code, count }) => (
        <Tile
          key={code}
          label={rcodeShort(code)}
          value={<Cell place={place} count={count} terms={[errorCell(code)]} says="responses" />}
          note={`${rcodeLong(code)}, ${shareOf(count, "responses", responses)}`}
          tone={count > 0 ? "bad" : undefined}
        />
      ))}
      <Tile
        label="Unanswered"
        value={
          isUnpaired ? (
            "unknown"
          ) : (
            <Cell place={place} count={total.unanswered} terms={[DNS_CELLS.unanswered]} says="queries" />
          )
        }
        note={total.open > 0 ? <OpenNote place={place} open={total.open} /> : "no answer within 5 s"}
        tone={total.unanswered > 0 ? "bad" : undefined}
      />
      {total.refused > 0 && (
        <Tile
          label="Refused by a DNS rule"
          value={<Cell place={place} count={total.refused} terms={[DNS_CELLS.refused]} says="queries" />}
          note={shareOf(total.refused, "queries", queries)}
          tone="bad"
        />
      )}
      <Tile
        label="Search-list attempts"
        value={
          isNameless && total.expansion === 0 ? (
            "unknown"
          ) : (
            <Cell place={place} count={total.expansion} terms={[DNS_CELLS.expansion]} says="responses" />
          )
        }
        note={
          isNameless
            ? "NXDOMAIN without names cannot be told apart"
            : `${percentText(total.expansion, queries)} of queries; NXDOMAIN, but no failure`
        }
        tone={total.expansion * 4 > queries ? "warn" : undefined}
      />
      <Tile
        label="NODATA"
        value={
          isNameless && total.noData === 0 ? (
            "unknown"
          ) : (
            <Cell place={place} count={total.noData} terms={[DNS_CELLS.noData]} says="responses" />
          )
        }
        note="name exists, no record of this type"
      />
      {total.retries > 0 && (
        <Tile
          label="Asked again"
          value={<Cell place={place} count={total.retries} terms={[DNS_CELLS.retries]} says="queries" />}
          note="because no answer came"
          tone="warn"
        />
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
          value={<Cell place={place} count={total.unpaired} terms={[DNS_CELLS.unpaired]} says="queries" />}
          note="records without name, port or time"
        />
      )}
      {total.secondHops > 0 && (
        <Tile
          label="Passed on by resolvers"
          value={
            <Cell place={place} count={total.secondHops} terms={[DNS_CELLS.secondHops]} says="queries" />
          }
          note="counted nowhere else"
        />
      )}
    </Tiles>
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
export function realErrors({ errors, expansion }: Pick<DnsAnswer["total"], "errors" | "expansion">): {
  readonly code: string;
  readonly count: number;
}[] {
  return Object.entries({ NXDOMAIN: 0, ...errors }).map(([code, count]) => ({
    code,
    count: code === "NXDOMAIN" ? count - expansion : count,
  }));
}
