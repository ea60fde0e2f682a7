"use client";

import { flowsAddress } from "@/components/frame/flows-address";
import { DrawerPart } from "@/components/ui/drawer";
import { formatCount, formatQuantity, formatSpan } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { PlainTable } from "@/components/ui/plain-table";
import { visible } from "@/components/ui/text";
import type { DnsKey } from "@/lib/questions/dns-answers";
import { DNS_CELLS } from "@/lib/scope/dns-cells";
import { parseFilter } from "@/lib/scope/filter";
import type { AboutPart } from "./about-parts";
import { useNames } from "./drawer-queries";
import styles from "./map-drawer.module.css";

/** Names that were asked for: how often, with what answer, how fast. Nothing where no record holds a question. */
export function DnsSummary({ captureId, scope, query, titled }: AboutPart) {
  const names = useNames(captureId, query);
  if (names === undefined || names.rows.length === 0) return null;
  const { total, rows } = names;
  const count = (n: number, text: string, ...filters: readonly string[]) => {
    const parsed = parseFilter(filters.filter(Boolean).join(" "));
    return n > 0 && parsed.ok ? (
      <Link href={flowsAddress(captureId, scope, ...parsed.value.terms)}>{text}</Link>
    ) : (
      text
    );
  };
  const { p95 } = total.latencyNs;
  return (
    <DrawerPart title={titled("DNS")}>
      <p>
        {count(total.queries, formatQuantity(total.queries, "question"), DNS_CELLS.queries)},{" "}
        {count(total.unanswered, `${formatCount(total.unanswered)} unanswered`, DNS_CELLS.unanswered)},{" "}
        {count(
          total.expansion,
          `${formatCount(total.expansion)} failed for the search list`,
          DNS_CELLS.expansion,
        )}
        {p95 !== null && `, 95 % within ${formatSpan(BigInt(p95))}`}.
      </p>
      <PlainTable
        look={{ table: styles.list, number: styles.number }}
        columns={[
          { label: "Code", render: ({ key }) => codeName(key) },
          {
            label: "Questions",
            isNumber: true,
            render: ({ filter, queries }) => count(queries, formatCount(queries), filter, DNS_CELLS.queries),
          },
          {
            label: "Answers",
            isNumber: true,
            render: ({ filter, responses }) =>
              count(responses, formatCount(responses), filter, DNS_CELLS.responses),
          },
        ]}
        rows={rows}
        keyOf={({ filter }) => filter}
      />
    </DrawerPart>
  );
}

function codeName(key: DnsKey): string {
  return "rcode" in key ? visible(key.name ?? "no answer, or one without a code") : "";
}
