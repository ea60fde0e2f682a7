/**
 * Labels: `source:key=value`. A label that repeats what has a field of its own belongs to that field's kind; of all others the
 * value is masked, and the key where it is none that everybody uses.
 */

import type { MaskKind } from "./kinds";
import type { Mask } from "./mask";
import { isKnownLabelKey } from "./words";

const OWNERS: readonly (readonly [key: RegExp, kind: MaskKind])[] = [
  [
    /^io\.kubernetes\.pod\.namespace$|(?:^|\.)kubernetes\.io\/metadata\.name$|^io\.cilium\.k8s\.policy\.namespace$|^k8s\.io\/namespace$/,
    "namespaces",
  ],
  [
    /^io\.cilium\.k8s\.policy\.cluster$|^kubernetes\.io\/hostname$|^topology\.kubernetes\.io\/|^failure-domain\.beta\.kubernetes\.io\/|^node\.kubernetes\.io\/|^agentpool$|^kubernetes\.azure\.com\//,
    "nodes",
  ],
  [/^io\.cilium\.k8s\.policy\.(?:serviceaccount|name)$|^statefulset\.kubernetes\.io\/pod-name$/, "pods"],
  [/^io\.cilium\.k8s\.policy\.uid$/, "uuids"],
];
/** Words of Kubernetes' own. */
const SAYS_A_KIND = /^io\.cilium\.k8s\.policy\.derived-from$/;

export function maskLabel(mask: Mask, label: string): string {
  if (label.startsWith("reserved:")) return label;
  if (label.startsWith("cidr:")) return maskPrefix(mask, label.slice(5));
  if (label.startsWith("fqdn:")) return `fqdn:${mask.domain(label.slice(5))}`;
  const [, source = "", rest = ""] = /^([a-z0-9]{1,16}:)?(.*)$/s.exec(label) ?? [];
  const equals = rest.indexOf("=");
  const key = equals < 0 ? rest : rest.slice(0, equals);
  const value = equals < 0 ? undefined : rest.slice(equals + 1);
  if (SAYS_A_KIND.test(key)) return label;
  const shownKey = maskKey(mask, key);
  return value === undefined ? `${source}${shownKey}` : `${source}${shownKey}=${maskValue(mask, key, value)}`;
}

function maskKey(mask: Mask, key: string): string {
  if (isKnownLabelKey(key)) return key;
  return mask.path("labels", key) ?? key;
}

function maskValue(mask: Mask, key: string, value: string): string {
  const owner = OWNERS.find(([pattern]) => pattern.test(key))?.[1];
  if (owner === "uuids")
    return mask.has("uuids") ? mask.secret(value, (text) => mask.uuid(text)) : mask.text(value);
  return mask.name(owner ?? "labels", value) ?? value;
}

/** Cilium writes `:` of IPv6 as `-` in labels. */
function maskPrefix(mask: Mask, prefix: string): string {
  const isDashed = prefix.includes("-");
  const masked = mask.network(isDashed ? prefix.replaceAll("-", ":") : prefix);
  return `cidr:${isDashed ? masked.replaceAll(":", "-") : masked}`;
}
