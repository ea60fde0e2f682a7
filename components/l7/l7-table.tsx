"use client";

import { Choice } from "@/components/ui/choice";
import { DataTable } from "@/components/ui/data-table";
import { formatQuantity } from "@/components/ui/format";
import shared from "@/components/ui/view.module.css";
import type { L7By, L7Protocol, L7Row } from "@/lib/questions/answers-l7";
import { l7Columns } from "./l7-columns";
import { byLabel, latencyOrigin, tablesOf } from "./l7-words";
import type { L7PartProps } from "./part";
import { useL7 } from "./queries";

const ROWS = 200;

/** The requests by route, status, or who asked or answered. */
export function L7Table({ by, ...part }: L7PartProps & { readonly by: L7By }) {
  const { captureId, handle, protocol } = part;
  const { data } = useL7(captureId, handle, protocol, by, ROWS);
  const label = byLabel(by, protocol);
  return (
    <section className={shared.part}>
      <div className={shared.bar}>
        <h2 className={shared.title}>Requests by {label.toLowerCase()}</h2>
        <Choice
          legend="Group requests by"
          words={tablesOf(protocol)}
          chosen={by}
          labelOf={(word) => byLabel(word, protocol)}
          onChoose={(word) => handle.setView({ by: word })}
        />
      </div>
      <p className={shared.note}>{explain(by, protocol)}</p>
      {data === undefined ? (
        <p className={shared.note}>Counting requests …</p>
      ) : (
        <>
          <DataTable
            label={`Requests by ${label.toLowerCase()}`}
            columns={l7Columns({ ...part, by, answer: data })}
            rows={data.rows}
            keyOf={keyOf}
          />
          <p className={shared.note}>
            {data.total.latencyNs.samples === 0 ? "Latency is not in this capture: " : "Latency: "}
            {latencyOrigin(protocol, data.total)}.
          </p>
          {data.folded.rows > 0 && (
            <p className={shared.note}>
              And {formatQuantity(data.folded.rows, "more row")} with{" "}
              {formatQuantity(data.folded.requests, "request")}: narrow the scope to see them.
            </p>
          )}
        </>
      )}
    </section>
  );
}

function keyOf({ key }: L7Row): string {
  return JSON.stringify(key);
}

function explain(by: L7By, protocol: L7Protocol): string {
  if (by === "url") return "URLs as they stand in the log, each with the route that it is folded into.";
  if (by === "route" && protocol === "http")
    return "Ids, dates, hashes and tokens in paths are folded into a name, so that requests for the same thing count together; “URL” shows them unfolded.";
  if (by === "client-pod" || by === "pod")
    return "The share says how even the load is; Workloads has a score for it.";
  return "";
}
