"use client";

import type { ScopeHandle } from "@/components/frame/use-scope";
import { Drawer } from "@/components/ui/drawer";
import { Empty } from "@/components/ui/empty";
import type { Graph } from "@/lib/insight/map/graph";
import { LineActions, SpotActions } from "./drawer-actions";
import { LineParts } from "./line-parts";
import { writeKeys } from "./open";
import { partTermOf } from "./part-terms";
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
  readonly isWhole: boolean;
  /** Of a spot, or of both ends of a line. */
  readonly openKeys: readonly string[];
  readonly onClose: () => void;
}

/** One spot or line of the map, with links into the other views. */
export function MapDrawer({
  captureId,
  own,
  scope,
  choice,
  graph,
  isWhole,
  openKeys,
  onClose,
}: MapDrawerProps) {
  const [from, to] = openKeys;
  const line = graph.lines.find((other) => other.from.key === from && other.to.key === to);
  const spot = to === undefined ? graph.spots.find(({ key }) => key === from) : undefined;
  const name = line ? lineName(line) : spot ? spotName(spot) : "Not on the map";
  const inScope = scope.scope;
  const part =
    inScope && partTermOf({ ...choice, scope: inScope, focus: own.view.focus, unfold: own.view.unfold });
  const actions = { captureId, own, choice };
  return (
    <Drawer title={name} label={`About ${name}`} closeLabel="Close" onClose={onClose}>
      {inScope !== undefined && part !== undefined && line !== undefined && (
        <>
          <LineActions {...actions} inScope={inScope} line={line} part={part} />
          <LineParts
            captureId={captureId}
            scope={inScope}
            level={choice.level}
            line={line}
            part={part}
            onRange={scope.setRange}
          />
        </>
      )}
      {inScope !== undefined && part !== undefined && spot !== undefined && (
        <>
          <SpotActions {...actions} inScope={inScope} spot={spot} graph={graph} part={part} />
          <SpotParts
            captureId={captureId}
            scope={inScope}
            level={choice.level}
            spot={spot}
            graph={graph}
            isPart={!isWhole}
            part={part}
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
