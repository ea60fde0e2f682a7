/** Values that take more than a comparison: label selectors, written out, and addresses, as numbers. */

import { ipRange } from "@/lib/base/ip";
import type { ValueOf } from "@/lib/scope/keys";
import { labelKind } from "@/lib/scope/label-kind";
import type { FlowJson } from "./records";
import { type End, isAbsent } from "./rule";

/** What each selector of the tests means, written out. */
const SELECTORS: Readonly<Record<string, (labels: readonly string[]) => boolean>> = {
  "app=web": (labels) =>
    labels.some((label) => /^(k8s|any):app=web$/.test(label)) && labels[0] !== "container:app=db",
  "k8s:app=web": (labels) => labels.includes("k8s:app=web"),
  "any:app": (labels) => labels.some((label) => /:app=/.test(label)),
  app: (labels) => labels.some((label) => /:app=/.test(label)),
  "!app": (labels) => !labels.some((label) => /:app=/.test(label)),
  "app in (api,web),k8s:tier!=back": (labels) =>
    labels.includes("k8s:app=web") && labels.includes("k8s:tier=front"),
  "tier notin (back,front)": (labels) => !labels.some((label) => /^k8s:tier=(back|front)$/.test(label)),
  "reserved:world": (labels) => labels.includes("reserved:world"),
  host: (labels) => labels.includes("reserved:host"),
  "cidr:10.0.0.0/8": (labels) => labels.includes("cidr:10.1.2.0/24"),
  "cidr:10.1.2.0/25": () => false,
  "replicas>2": (labels) => labels.includes("k8s:replicas=3"),
  "replicas<3": () => false,
  "pool=np1": (labels) => labels.includes("pool=np1"),
  "!pool": (labels) => !labels.some((label) => label.startsWith("pool=")),
  "zone,pool!=np2": (labels) => labels.includes("zone=a"),
};

/** A key that asks for labels. One selector may find what has none: it is asked of an empty list, too. */
export function saidSelector(
  of: (json: FlowJson, end: End) => readonly string[] | undefined,
): (json: FlowJson, value: ValueOf<"label">, end: End) => boolean {
  return (json, value, end) => {
    const labels = of(json, end) ?? [];
    if (value.type !== "label") return labels.length === 0 && isAbsent(json, value.type);
    const { text } = labelKind.format(value);
    const selects = SELECTORS[text];
    if (selects === undefined) throw new Error(`the tests do not know what ${text} means`);
    return selects(labels);
  };
}

/** Over numbers, not texts. */
export function isWithin(
  ip: string,
  value:
    | { type: "ip"; version: 4 | 6; address: string }
    | { type: "cidr"; version: 4 | 6; network: string; bits: number },
): boolean {
  const key = (text: string) => {
    const range = ipRange(text);
    return range.ok ? BigInt(`0x${range.value.first}`) : undefined;
  };
  const number = key(ip);
  if (number === undefined) return false;
  if (ip.includes(":") !== (value.version === 6)) return false;
  if (value.type === "ip") return number === key(value.address);
  const width = value.version === 4 ? 32 : 128;
  const free = BigInt(width - value.bits);
  return number >> free === (key(value.network) ?? -1n) >> free;
}
