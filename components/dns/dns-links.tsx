import type { ReactNode } from "react";
import { linkText } from "@/components/frame/link-change";
import { viewAddress } from "@/components/frame/views";
import { formatCount } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import type { DnsBy } from "./dns-words";
import type { ConnectionsBy } from "./queries";

/** Parameters of the scope with more terms behind its own. The link of the scope is text already, and so are the terms. */
export function withTerms(query: string, ...terms: readonly string[]): URLSearchParams {
  const params = new URLSearchParams(query);
  const q = [params.get("q") ?? "", ...terms].filter((text) => text !== "").join(" ");
  if (q !== "") params.set("q", q);
  return params;
}

/** The scope's part of a page: whose it is, and its link. */
export interface Place {
  readonly captureId: string;
  readonly query: string;
}

export function flowsOf({ captureId, query }: Place, ...terms: readonly string[]): string {
  return viewAddress(captureId, "flows", linkText(withTerms(query, ...terms)));
}

/** A cause of drops, explained in its own view. */
export function dropsOf({ captureId, query }: Place, causeId: string): string {
  const params = new URLSearchParams(query);
  params.set("cause", causeId);
  return viewAddress(captureId, "drops", linkText(params));
}

/** Drops of the scope with more terms, by one word. */
export function dropsBy({ captureId, query }: Place, by: "client", ...terms: readonly string[]): string {
  const params = withTerms(query, ...terms);
  params.set("by", by);
  return viewAddress(captureId, "drops", linkText(params));
}

interface TableLinkProps {
  readonly place: Place;
  readonly part?: "tables" | "connections";
  readonly by: DnsBy | ConnectionsBy;
  /** Of the row whose own table it is; absent: of the whole scope. */
  readonly terms?: string;
  readonly children: ReactNode;
}

/** A number of workloads or names, which leads to the table that has them as rows. */
export function TableLink({
  place: { captureId, query },
  part = "tables",
  by,
  terms = "",
  children,
}: TableLinkProps) {
  const params = withTerms(query, terms);
  params.set("part", part);
  params.set("by", by);
  return (
    <Link href={viewAddress(captureId, "dns", linkText(params))} title="The table of them">
      {children}
    </Link>
  );
}

interface CellProps {
  readonly place: Place;
  readonly count: number;
  /** Filter of what is counted, and of the row. */
  readonly terms: readonly string[];
  /** What is counted, for who does not see the heading. */
  readonly says: string;
}

/** A number that leads to the flows that it counts. */
export function Cell({ place, count, terms, says }: CellProps) {
  if (count === 0) return <>0</>;
  return (
    <Link href={flowsOf(place, ...terms)} title={`The flows of these ${says}`}>
      {formatCount(count)}
    </Link>
  );
}
