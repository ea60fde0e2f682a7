/**
 * The name that was meant by a DNS question.
 *
 * An attempt of the search list stands for the name without the suffix. So does the name that a suffix completed, once
 * an earlier suffix of the same name failed and the name as it is was never asked for: `orders.shop.svc.cluster.local`
 * belongs to `orders.shop`. Every other name stands for itself.
 */

import { splits } from "@/lib/insight/dns/search-list";
import type { Sqlite } from "./driver";

/** A name with so many labels of suffix taken off (0: none) was meant as `root`. Names that stand for themselves are not listed. */
export interface Root {
  readonly queryId: number;
  readonly labels: number;
  readonly root: string;
}

export function readRoots(database: Sqlite): Root[] {
  const attempts = database
    .prepare(
      `SELECT x.queryId, x.suffixLabels, t.value, max(x.asIs IS NULL) FROM DnsExchange x JOIN Text t ON t.id = x.queryId
       WHERE x.suffixLabels IS NOT NULL GROUP BY 1, 2`,
    )
    .rows([])
    .map(([queryId, labels, name, isOpen]) => {
      const parts = String(name).split(".");
      const cut = parts.length - Number(labels);
      return {
        queryId: Number(queryId),
        labels: Number(labels),
        root: parts.slice(0, cut).join("."),
        suffix: parts.slice(cut).join("."),
        isOpen: isOpen === 1,
      };
    });
  const open = new Set(attempts.filter(({ isOpen }) => isOpen).map(({ root }) => root));
  const completed =
    open.size === 0 ? [] : readCompleted(database, open, new Set(attempts.map(({ suffix }) => suffix)));
  return [...attempts.map(({ queryId, labels, root }) => ({ queryId, labels, root })), ...completed];
}

/** Names that exist and that a suffix made of a name that was looked for. */
function readCompleted(database: Sqlite, open: ReadonlySet<string>, seen: ReadonlySet<string>): Root[] {
  const learned = database.prepare("SELECT suffix, kind FROM DnsSuffix").all([]);
  const domains = [
    "cluster.local",
    ...learned.flatMap(({ kind, suffix }) => (kind === "domain" ? String(suffix) : [])),
  ];
  const suffixes = new Set([...seen, ...learned.map(({ suffix }) => String(suffix))]);
  const isSuffix = (suffix: string): boolean =>
    suffixes.has(suffix) ||
    domains.some(
      (domain) => suffix === domain || suffix === `svc.${domain}` || isOfNamespace(suffix, domain),
    );
  return database
    .prepare(
      `SELECT x.queryId, t.value FROM (SELECT DISTINCT queryId FROM DnsExchange WHERE rcode = 0 AND suffixLabels IS NULL) x
       JOIN Text t ON t.id = x.queryId`,
    )
    .rows([])
    .flatMap(([queryId, name]) => {
      const root = [...splits(String(name))]
        .reverse()
        .find(({ base, suffix }) => open.has(base) && isSuffix(suffix))?.base;
      return root === undefined ? [] : [{ queryId: Number(queryId), labels: 0, root }];
    });
}

function isOfNamespace(suffix: string, domain: string): boolean {
  const rest = suffix.slice(suffix.indexOf(".") + 1);
  return rest === `svc.${domain}`;
}

/** The root of all names is kept as an empty one, which no filter can say; here it is written with its dot. */
export const ROOT_ZONE = ".";

/** Names with their suffixes that stand for this root, as pairs of id and labels. */
export function namesOf(database: Sqlite, written: string): [queryId: number, labels: number][] {
  const root = written === ROOT_ZONE ? "" : written;
  const roots = readRoots(database);
  const own = database
    .prepare("SELECT id FROM Text WHERE value = ?")
    .rows([root])
    .map(([id]) => Number(id));
  const isMoved = (id: number): boolean =>
    roots.some(({ queryId, labels }) => queryId === id && labels === 0);
  return [
    ...own.filter((id) => !isMoved(id)).map((id): [number, number] => [id, 0]),
    ...roots
      .filter((one) => one.root === root)
      .map(({ queryId, labels }): [number, number] => [queryId, labels]),
  ];
}
