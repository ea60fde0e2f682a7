import { flowsAddress } from "@/components/frame/flows-address";
import { formatCount } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import type { MapEdge, MapNode } from "@/lib/insight/map/answer";
import { betweenTerm, MEASURE_TERMS, portTerms } from "@/lib/scope/edge-terms";
import type { Term } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import type { CountName } from "./words";

interface CountLinkProps {
  readonly captureId: string;
  readonly scope: Scope;
  /** Edges between the same two; one: its port is part of the link. */
  readonly edges: readonly MapEdge[];
  readonly client: MapNode;
  readonly server: MapNode;
  readonly measure: CountName;
}

/** A number of the map, leading to exactly the flows that it counts. */
export function CountLink({ captureId, scope, edges, client, server, measure }: CountLinkProps) {
  const count = edges.reduce((sum, edge) => sum + edge[measure], 0);
  if (count === 0) return "0";
  const terms = [...betweenTerms(client, server, edges), ...measureTerms(measure)];
  return <Link href={flowsAddress(captureId, scope, ...terms)}>{formatCount(count)}</Link>;
}

export function betweenTerms(client: MapNode, server: MapNode, edges: readonly MapEdge[]): Term[] {
  const [edge] = edges;
  const port = edges.length === 1 && edge !== undefined ? portTerms(edge.port, edge.protocol) : [];
  return [betweenTerm(client, server), ...port];
}

export function measureTerms(measure: CountName): readonly Term[] {
  return measure === "events" ? [] : MEASURE_TERMS[measure];
}
