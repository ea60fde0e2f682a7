"use client";

import Link from "next/link";
import { flowsAddress } from "@/components/frame/flows-address";
import { linkText } from "@/components/frame/link-change";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { VIEWS, viewAddress } from "@/components/frame/views";
import { Button, linkButton } from "@/components/ui/button";
import { Drawer } from "@/components/ui/drawer";
import { Empty } from "@/components/ui/empty";
import type { Graph, Line, Spot } from "@/lib/insight/map/graph";
import { betweenTerm, eitherTerm, endTerm } from "@/lib/scope/edge-terms";
import { addTerm } from "@/lib/scope/edit";
import { EMPTY_FILTER, type Filter, type Term } from "@/lib/scope/filter";
import { encodeScope, type Scope } from "@/lib/scope/link";
import { type Hide, hideTerms, turned, writeHide } from "@/lib/scope/map-hide";
import { LineParts } from "./line-parts";
import styles from "./map-drawer.module.css";
import { writeFocus, writeKeys } from "./open";
import type { End } from "./pods";
import { SpotParts } from "./spot-parts";
import type { MapChoice } from "./use-picture";
import { lineName, spotName } from "./words";

interface MapDrawerProps {
  readonly captureId: string;
  /** With what is hidden. */
  readonly own: ScopeHandle;
  /** As the map shows it. */
  readonly scope: ScopeHandle;
  readonly choice: MapChoice;
  readonly graph: Graph;
  /** Of a spot, or of both ends of a line. */
  readonly openKeys: readonly string[];
  readonly onClose: () => void;
}

/** One spot or line of the map, with links into the other views. */
export function MapDrawer({ captureId, own, scope, choice, graph, openKeys, onClose }: MapDrawerProps) {
  const [from, to] = openKeys;
  const line = graph.lines.find((other) => other.from.key === from && other.to.key === to);
  const spot = to === undefined ? graph.spots.find(({ key }) => key === from) : undefined;
  const name = line ? lineName(line) : spot ? spotName(spot) : "Not on the map";
  const inScope = scope.scope;
  const actions = { captureId, own, hide: choice.hide };
  return (
    <Drawer title={name} label={`About ${name}`} closeLabel="Close" onClose={onClose}>
      {inScope !== undefined && line !== undefined && (
        <>
          <LineActions {...actions} inScope={inScope} line={line} />
          <LineParts
            captureId={captureId}
            scope={inScope}
            level={choice.level}
            line={line}
            onRange={scope.setRange}
          />
        </>
      )}
      {inScope !== undefined && spot !== undefined && (
        <>
          <SpotActions {...actions} inScope={inScope} spot={spot} graph={graph} />
          <SpotParts
            captureId={captureId}
            scope={inScope}
            level={choice.level}
            spot={spot}
            graph={graph}
            isPart={choice.focus !== undefined}
            onRange={scope.setRange}
            onOpen={(...keys) => scope.setView({ open: writeKeys(...keys) })}
          />
        </>
      )}
      {line === undefined && spot === undefined && (
        <Empty title="This is not on the map as it is now." role="status">
          The scope, the level or what is hidden has changed since the link was made.
        </Empty>
      )}
    </Drawer>
  );
}

interface ActionsProps {
  readonly captureId: string;
  readonly own: ScopeHandle;
  readonly inScope: Scope;
  readonly hide: Hide;
}

function LineActions({ captureId, own, inScope, hide, line }: ActionsProps & { readonly line: Line }) {
  const [client, server] = [line.from.nodes[0], line.to.nodes[0]];
  if (line.from.isFold || line.to.isFold || client === undefined || server === undefined) return null;
  const term = betweenTerm(client, server);
  const change = (negated: boolean) => own.setFilter(addTerm(filterOf(own), { ...term, negated }));
  return (
    <div className={styles.actions}>
      <ViewLinks captureId={captureId} scope={inScope} term={term} />
      <Button small onClick={() => change(false)}>
        Only this
      </Button>
      <Button small onClick={() => change(true)}>
        Leave out
      </Button>
      <HideButton own={own} hide={hide} terms={[term]} />
    </div>
  );
}

const filterOf = ({ scope }: ScopeHandle): Filter => scope?.filter ?? EMPTY_FILTER;

/** Of the map alone; "Leave out" changes the scope of every view. */
function HideButton({
  own,
  hide,
  terms,
}: Pick<ActionsProps, "own" | "hide"> & { readonly terms: readonly Term[] }) {
  const text = writeHide(hideTerms(hide, terms));
  if (text === undefined) return null;
  return (
    <Button
      small
      title="On the map; other views keep it"
      onClick={() => own.setView({ hide: text, open: null })}
    >
      Hide
    </Button>
  );
}

function SpotActions({
  captureId,
  own,
  inScope,
  hide,
  spot,
  graph,
}: ActionsProps & { readonly spot: Spot; readonly graph: Graph }) {
  const [node] = spot.nodes;
  if (spot.isFold || node === undefined) return null;
  const { focus } = own.view;
  const near = (steps: number) => own.setView({ focus: writeFocus({ kind: "near", key: spot.key, steps }) });
  // Outside, who asks and who is asked are two spots.
  const ends = endsOf(spot).map((end) => ({ end, term: endTerm(end, node) }));
  const terms = ends.map(({ term }) => term);
  const [term] = terms;
  const only = () =>
    own.setFilter(addTerm(filterOf(own), term && terms.length === 1 ? term : eitherTerm(node)));
  const leaveOut = () => own.setFilter(terms.map(turned).reduce(addTerm, filterOf(own)));
  const hasLines = ({ end }: { readonly end: End }) =>
    graph.lines.some(({ from, to }) => (end === "client" ? from : to) === spot);
  const others = graph.spots.filter(({ key, isFold }) => key !== spot.key && !isFold);
  return (
    <div className={styles.actions}>
      <Button small onClick={() => near(1)}>
        Only its neighbours
      </Button>
      <Button small onClick={() => near(2)}>
        Two steps
      </Button>
      {focus !== undefined && (
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
      <Button small onClick={only}>
        Only this
      </Button>
      <Button small onClick={leaveOut}>
        Leave out
      </Button>
      <HideButton own={own} hide={hide} terms={terms} />
      {ends.filter(hasLines).map(({ end, term }) => (
        <ViewLinks key={end} captureId={captureId} scope={inScope} term={term} says={`as ${end}`} />
      ))}
    </div>
  );
}

function endsOf({ zone }: Spot): readonly End[] {
  if (zone === "clients") return ["client"];
  return zone === "servers" ? ["server"] : ["client", "server"];
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
