"use client";

import { useState } from "react";
import { flowsAddress } from "@/components/frame/flows-address";
import { Button } from "@/components/ui/button";
import { DrawerPart } from "@/components/ui/drawer";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import type { MapAnswer } from "@/lib/questions/answers-map";
import { endTerm, MEASURE_TERMS } from "@/lib/scope/edge-terms";
import type { AboutPart } from "./about-parts";
import styles from "./map-drawer.module.css";
import { useMap } from "./queries";
import { nodeName } from "./words";

export type End = "client" | "server";

/** Rows shown at first, and more each time that is asked for. */
const ROWS = 60;
const MORE_ROWS = 240;
const TITLES: Readonly<Record<End, string>> = { client: "Clients behind it", server: "Servers behind it" };

/** The pods of these sides, with their share of the events; drops where there are any. */
export function Pods({ captureId, scope, query, ends }: AboutPart & { readonly ends: readonly End[] }) {
  const [most, setMost] = useState(ROWS);
  const answer = useMap(captureId, query, "pod").data;
  if (answer === undefined) return null;
  const total = answer.edges.reduce((sum, { events }) => sum + events, 0);
  const hasDrops = answer.edges.some(({ drops }) => drops > 0);
  return ends.map((end) => {
    const rows = podsAt(answer, end);
    return (
      <DrawerPart key={end} title={TITLES[end]}>
        <table className={styles.list}>
          <thead>
            <tr>
              <th scope="col">Pod</th>
              {hasDrops && (
                <th scope="col" className={styles.number}>
                  Drops
                </th>
              )}
              <th scope="col" className={styles.number}>
                Events
              </th>
              <th scope="col" className={styles.number}>
                Share
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map(({ node, events, drops }) => (
              <tr key={node.id}>
                <td>{nodeName(node)}</td>
                {hasDrops && (
                  <td className={styles.number}>
                    {drops === 0 ? (
                      "0"
                    ) : (
                      <Link href={flowsAddress(captureId, scope, endTerm(end, node), ...MEASURE_TERMS.drops)}>
                        {formatCount(drops)}
                      </Link>
                    )}
                  </td>
                )}
                <td className={styles.number}>
                  <Link href={flowsAddress(captureId, scope, endTerm(end, node))}>{formatCount(events)}</Link>
                </td>
                <td className={styles.number}>{Math.round((100 * events) / Math.max(1, total))} %</td>
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length > most && (
          <p className={styles.quiet}>
            {formatCount(most)} of {formatQuantity(rows.length, "pod")}.{" "}
            <Button small onClick={() => setMost(most + MORE_ROWS)}>
              Show more
            </Button>
          </p>
        )}
      </DrawerPart>
    );
  });
}

/** Most events first. */
function podsAt({ nodes, edges }: MapAnswer, end: End) {
  const counts = new Map<string, { events: number; drops: number }>();
  for (const edge of edges) {
    const { events, drops } = counts.get(edge[end]) ?? { events: 0, drops: 0 };
    counts.set(edge[end], { events: events + edge.events, drops: drops + edge.drops });
  }
  return nodes
    .flatMap((node) => {
      const own = counts.get(node.id);
      return own === undefined ? [] : [{ node, ...own }];
    })
    .sort((a, b) => b.events - a.events || (a.node.id < b.node.id ? -1 : 1));
}
