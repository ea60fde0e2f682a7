"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronRight, CircleMinus, Target } from "lucide-react";
import { useId, useState } from "react";
import { actorName } from "@/components/frame/actors";
import { capturePath, getJson } from "@/components/frame/api";
import { readKey, useIsUnsettled } from "@/components/frame/queries";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { IconButton } from "@/components/ui/button";
import { formatCount } from "@/components/ui/format";
import { ScrollRegion } from "@/components/ui/scroll";
import { visible } from "@/components/ui/text";
import { type Preference, useStored } from "@/components/ui/use-stored";
import type { FacetsAnswer } from "@/lib/questions/answers";
import { removeTerm } from "@/lib/scope/edit";
import { FACETS, type FacetName, facetTerm, heldAs, valueLabel } from "./facet-terms";
import styles from "./facets.module.css";
import { filterBy } from "./filter-by";

const FIRST_VALUES = 6;
const MORE_VALUES = 100;

/** Opened or folded by hand. */
const OPEN: Preference<Readonly<Record<string, boolean>>> = {
  name: "facets-open",
  fallback: {},
  read: (stored) =>
    typeof stored === "object" &&
    stored !== null &&
    Object.values(stored).every((one) => typeof one === "boolean")
      ? (stored as Record<string, boolean>)
      : undefined,
};

interface FacetsProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
}

/** Values of the scope with their events, each key without its own term: to include, to exclude, to see only. */
export function Facets({ captureId, scope }: FacetsProps) {
  const [open, setOpen] = useStored(OPEN);
  return (
    <ScrollRegion label="Values of the scope" className={styles.facets}>
      {FACETS.map(({ key, label, isOpen: isOpenFirst }) => {
        const isOpen = open[key] ?? isOpenFirst;
        return (
          <Facet
            key={key}
            facet={key}
            label={label}
            isOpen={isOpen}
            onOpen={() => setOpen({ ...open, [key]: !isOpen })}
            captureId={captureId}
            scope={scope}
          />
        );
      })}
      <p className={styles.note}>Counts are events.</p>
    </ScrollRegion>
  );
}

interface FacetProps extends FacetsProps {
  readonly facet: FacetName;
  readonly label: string;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

function Facet({ facet, label, isOpen, onOpen, captureId, scope }: FacetProps) {
  const id = useId();
  const [limit, setLimit] = useState(FIRST_VALUES);
  const answer = useFacet(captureId, scope, facet, limit, isOpen);
  const isWaiting = useIsUnsettled(captureId) && (facet === "client" || facet === "server");
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <section aria-labelledby={id}>
      <h2 className={styles.title}>
        <button id={id} type="button" aria-expanded={isOpen} onClick={onOpen}>
          <Chevron size={13} aria-hidden />
          {label}
        </button>
        {answer?.sided && <span className={styles.note}> either end</span>}
      </h2>
      {isOpen && isWaiting && <p className={styles.note}>known when the file has been read</p>}
      {isOpen && !isWaiting && answer && (
        <ul>
          {answer.values.map(({ value, events }) => (
            <Value key={value} facet={facet} value={value} events={events} scope={scope} />
          ))}
          {answer.values.length === 0 && <li className={styles.note}>none in the scope</li>}
          {answer.more > 0 && limit === FIRST_VALUES && (
            <li>
              <button type="button" className={styles.more} onClick={() => setLimit(MORE_VALUES)}>
                {formatCount(answer.more)} more
              </button>
            </li>
          )}
          {answer.more > 0 && limit === MORE_VALUES && (
            <li className={styles.note}>
              and {formatCount(answer.more)} more: type {facet}: in the filter
            </li>
          )}
        </ul>
      )}
    </section>
  );
}

function useFacet(
  captureId: string,
  { scope, query }: ScopeHandle,
  facet: FacetName,
  limit: number,
  isOpen: boolean,
) {
  return useQuery({
    queryKey: [...readKey(captureId), "facet", query, facet, limit],
    queryFn: async ({ signal }) => {
      const params = new URLSearchParams(query);
      params.set("keys", facet);
      params.set("limit", String(limit));
      const answer = await getJson<FacetsAnswer>(capturePath(captureId, "/facets"), { params, signal });
      return answer.facets[facet];
    },
    enabled: scope !== undefined && isOpen,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  }).data;
}

interface ValueProps {
  readonly facet: FacetName;
  readonly value: string;
  readonly events: number;
  readonly scope: ScopeHandle;
}

function Value({ facet, value, events, scope }: ValueProps) {
  const term = facetTerm(facet, value);
  const filter = scope.scope?.filter;
  const held = term && filter ? heldAs(filter, term) : undefined;
  const isActor = (facet === "client" || facet === "server") && value !== "?" && value !== "-";
  const label = isActor ? actorName(valueLabel(value)) : visible(valueLabel(value));
  if (term === undefined || filter === undefined) return null;
  return (
    <li className={styles.value} data-held={held}>
      <button
        type="button"
        className={styles.pick}
        aria-pressed={held === "in"}
        title={held === "in" ? `${label}: no longer only this` : `Include ${label}`}
        onClick={() => (held === "in" ? forget(scope, term.key) : filterBy(scope, term, "include"))}
      >
        <bdi className={styles.name}>{label}</bdi>
        <span className={styles.count}>{formatCount(events)}</span>
      </button>
      <span className={styles.actions}>
        <IconButton label={`Only ${label}`} onClick={() => filterBy(scope, term, "only")}>
          <Target size={13} aria-hidden />
        </IconButton>
        <IconButton label={`Exclude ${label}`} onClick={() => filterBy(scope, term, "exclude")}>
          <CircleMinus size={13} aria-hidden />
        </IconButton>
      </span>
    </li>
  );
}

/** Takes the terms of the key out, which is what a second press means. */
function forget(scope: ScopeHandle, key: string): void {
  const filter = scope.scope?.filter;
  if (filter === undefined) return;
  const at = filter.terms.findIndex((term) => term.key === key && !term.negated);
  if (at >= 0) scope.setFilter(removeTerm(filter, at));
}
