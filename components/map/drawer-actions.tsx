"use client";

import { flowsAddress } from "@/components/frame/flows-address";
import { linkText } from "@/components/frame/link-change";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { VIEWS, viewAddress } from "@/components/frame/views";
import { Button, linkButton } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { writeFocus, writeUnfolded } from "@/lib/insight/map/focus";
import type { Graph, Line, Spot } from "@/lib/insight/map/graph";
import { addTerm } from "@/lib/scope/edit";
import { EMPTY_FILTER, type Filter, type Term } from "@/lib/scope/filter";
import { encodeScope, type Scope } from "@/lib/scope/link";
import { hideTerms, turned, writeHide } from "@/lib/scope/map-hide";
import styles from "./map-drawer.module.css";
import { lineTerm, type PartTerm, spotTerms } from "./part-terms";
import type { End } from "./pods";
import type { MapChoice } from "./use-picture";
import { spotName } from "./words";

interface ActionsProps {
  readonly captureId: string;
  /** With what is hidden. */
  readonly own: ScopeHandle;
  /** As the map shows it. */
  readonly inScope: Scope;
  readonly choice: MapChoice;
  readonly part: PartTerm;
}

export function LineActions({ line, part, ...props }: ActionsProps & { readonly line: Line }) {
  const term = lineTerm(line, part);
  return (
    <div className={styles.actions}>
      <ViewLinks captureId={props.captureId} scope={props.inScope} term={term} />
      <FilterActions {...props} only={term} out={[term]} />
    </div>
  );
}

interface SpotActionsProps extends ActionsProps {
  readonly spot: Spot;
  readonly graph: Graph;
}

export function SpotActions({ spot, graph, part, ...props }: SpotActionsProps) {
  const { captureId, own, inScope, choice } = props;
  const { only, ends } = spotTerms(spot, part);
  const hasLines = (end: End) => graph.lines.some(({ from, to }) => (end === "client" ? from : to) === spot);
  return (
    <div className={styles.actions}>
      {spot.isFold ? (
        <Button
          small
          onClick={() => own.setView({ unfold: writeUnfolded([...choice.unfolded, spot.group]), open: null })}
        >
          Unfold
        </Button>
      ) : (
        <FocusActions own={own} spot={spot} graph={graph} />
      )}
      <FilterActions {...props} only={only} out={[...ends.values()]} />
      {[...ends].map(
        ([end, term]) =>
          hasLines(end) && (
            <ViewLinks key={end} captureId={captureId} scope={inScope} term={term} says={`as ${end}`} />
          ),
      )}
    </div>
  );
}

/** A part of the map round a spot. */
function FocusActions({ own, spot, graph }: Pick<SpotActionsProps, "own" | "spot" | "graph">) {
  const near = (steps: number) => own.setView({ focus: writeFocus({ kind: "near", key: spot.key, steps }) });
  const others = graph.spots.filter(({ key, isFold }) => key !== spot.key && !isFold);
  return (
    <>
      <Button small onClick={() => near(1)}>
        Only its neighbours
      </Button>
      <Button small onClick={() => near(2)}>
        Two steps
      </Button>
      {own.view.focus !== undefined && (
        <Button small onClick={() => own.setView({ focus: null })}>
          The whole map
        </Button>
      )}
      <label className={styles.ways}>
        Ways to{" "}
        <select
          className={styles.select}
          value=""
          onChange={(event) =>
            own.setView({
              focus: writeFocus({ kind: "ways", from: spot.key, to: event.currentTarget.value }),
            })
          }
        >
          <option value="">choose …</option>
          {others.map((other) => (
            <option key={other.key} value={other.key}>
              {spotName(other)}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

interface FilterActionsProps extends Pick<ActionsProps, "own" | "choice"> {
  /** Finds what is kept. */
  readonly only: Term;
  /** Each finds some of what is left out. */
  readonly out: readonly Term[];
}

/** Changes the scope of every view; "Hide" changes the map alone. */
function FilterActions({ own, choice, only, out }: FilterActionsProps) {
  const filter: Filter = own.scope?.filter ?? EMPTY_FILTER;
  const hidden = writeHide(hideTerms(choice.hide, out));
  return (
    <>
      <Button small onClick={() => own.setFilter(addTerm(filter, only))}>
        Only this
      </Button>
      <Button small onClick={() => own.setFilter(out.map(turned).reduce(addTerm, filter))}>
        Leave out
      </Button>
      {hidden !== undefined && (
        <Button
          small
          title="On the map; other views keep it"
          onClick={() => own.setView({ hide: hidden, open: null })}
        >
          Hide
        </Button>
      )}
    </>
  );
}

const LINKED: readonly string[] = ["drops", "dns", "l7"];

interface ViewLinksProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly term: Term;
  readonly says?: string;
}

/** The same part of the scope in the other views. */
function ViewLinks({ captureId, scope, term, says }: ViewLinksProps) {
  const query = linkText(encodeScope({ ...scope, filter: addTerm(scope.filter, term) }));
  const behind = says === undefined ? "" : ` ${says}`;
  return (
    <>
      <Link className={linkButton("plain", true)} href={flowsAddress(captureId, scope, term)}>
        Flows{behind}
      </Link>
      {says === undefined &&
        VIEWS.filter(({ id }) => LINKED.includes(id)).map(({ id, label }) => (
          <Link key={id} className={linkButton("plain", true)} href={viewAddress(captureId, id, query)}>
            {label}
          </Link>
        ))}
    </>
  );
}
