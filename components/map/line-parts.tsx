"use client";

import { DrawerPart } from "@/components/ui/drawer";
import type { Line } from "@/lib/insight/map/graph";
import { addTerm } from "@/lib/scope/edit";
import type { Scope } from "@/lib/scope/link";
import { AboutParts, type RangeChange, Seen } from "./about-parts";
import { lineTerm, type PartTerm } from "./part-terms";
import { Ports } from "./ports";
import type { Level } from "./words";

interface LinePartsProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly level: Level;
  readonly line: Line;
  readonly part: PartTerm;
  readonly onRange: RangeChange;
}

/** What is known of a line: by port, over time, who decided, and the pods behind it. */
export function LineParts({ captureId, scope, level, line, part, onRange }: LinePartsProps) {
  const isOne = !line.from.isFold && !line.to.isFold;
  const term = lineTerm(line, part);
  return (
    <>
      <DrawerPart title={isOne ? "By port" : "Edges behind it"}>
        <Ports captureId={captureId} scope={scope} line={line} withNames={!isOne} />
        <Seen edges={line.edges} />
      </DrawerPart>
      <AboutParts
        captureId={captureId}
        scope={{ ...scope, filter: addTerm(scope.filter, term) }}
        level={level}
        edges={line.edges}
        ends={["client", "server"]}
        onRange={onRange}
      />
    </>
  );
}
