/** A pinned map as a picture: laid out and drawn as on its page, light or dark like what shows it. */

import type { Colours } from "@/components/map/colours";
import { toDrawn } from "@/components/map/drawn";
import type { Label } from "@/components/map/labels";
import { toInput } from "@/components/map/layout-input";
import { readPins } from "@/components/map/open";
import { toScene } from "@/components/map/scene";
import { toSvg } from "@/components/map/svg";
import { viewOf } from "@/components/map/whole-view";
import type { MapEdge, MapNode } from "@/lib/insight/map/answer";
import { FOLD_LIMITS } from "@/lib/insight/map/fold";
import { buildGraph } from "@/lib/insight/map/graph";
import { layered } from "@/lib/insight/map/layered";
import { layout } from "@/lib/insight/map/layout";
import { MEASURES } from "@/lib/insight/map/measure";

interface Drawn {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

export interface PictureOrder {
  readonly map: Drawn;
  /** The whole capture, in which a filtered map keeps its places; undefined: it is the whole. */
  readonly home: Drawn | undefined;
  readonly isLayered: boolean;
  readonly measure: string | undefined;
  readonly unfolded: readonly string[];
  /** Places that were given by hand, as in the link. */
  readonly pins: string | undefined;
  readonly title: string;
}

/** As components/ui has them, in light and in dark. */
const LOOKS: Readonly<Record<keyof Colours, readonly [light: string, dark: string]>> = {
  ground: ["#f5f6f8", "#0e1115"],
  surface: ["#ffffff", "#14181d"],
  sunken: ["#eef0f3", "#0b0e11"],
  line: ["#dee2e8", "#262d36"],
  lineStrong: ["#b9c1cc", "#3d4753"],
  text: ["#1a2029", "#e3e7ec"],
  text2: ["#465060", "#aeb8c3"],
  text3: ["#5a6575", "#929dab"],
  accent: ["#1a5dc8", "#7cb0ff"],
  good: ["#4f9f69", "#3f8a58"],
  bad: ["#bd2419", "#ff8379"],
  warn: ["#875200", "#e2a945"],
  calm: ["#8b95a3", "#6d7885"],
  badSoft: ["#fdeceb", "#311a1a"],
};

const COLOURS = Object.fromEntries(Object.keys(LOOKS).map((name) => [name, `var(--map-${name})`])) as Colours;

const looks = (half: 0 | 1): string =>
  `svg{${Object.entries(LOOKS)
    .map(([name, look]) => `--map-${name}:${look[half]}`)
    .join(";")}}`;
/** Light unless whoever shows it is dark; paper is light. */
const STYLE = `${looks(0)}@media (prefers-color-scheme:dark){${looks(1)}}`;

/** Wide letters and narrow ones even out. */
const LETTER = 6.6;

export function drawPicture({ map, home, isLayered, measure, unfolded, pins, title }: PictureOrder): string {
  const folds = new Set(unfolded);
  const graph = buildGraph(map.nodes, map.edges, FOLD_LIMITS, folds);
  const input = toInput(graph);
  const homePlaces =
    home === undefined ? undefined : layout(toInput(buildGraph(home.nodes, home.edges, FOLD_LIMITS, folds)));
  const places = isLayered ? layered(input) : layout(input, homePlaces);
  const picture = toScene(graph, new Map([...places, ...readPins(pins)]), {
    measure: MEASURES.find((one) => one === measure && one !== "new") ?? "events",
    isNew: () => false,
    hasHulls: !isLayered,
  });
  const scene = toDrawn(picture);
  const widthOfText = (text: string, _kind: Label["kind"]): number => LETTER * text.length;
  return toSvg({ scene, ...viewOf(scene), colours: COLOURS, style: STYLE, widthOfText, title });
}
