/** Keys with sides, at one side of a record: what to ask for and what it finds. */

import { glob, isIn, plainName, ranges, selectors, selects, text, texts } from "./filter-values";
import { type ModelFlow, object } from "./model";

export type Side = "source" | "destination";

export interface SidedKey {
  readonly key: string;
  /** Values to ask for, of one flow. */
  values(flow: ModelFlow, side: Side): readonly string[];
  holds(value: string, flow: ModelFlow, side: Side): boolean;
}

const endpoint = ({ flow }: ModelFlow, side: Side) => object(flow[side]);
const service = ({ flow }: ModelFlow, side: Side) => object(flow[`${side}_service`]);
const address = ({ flow }: ModelFlow, side: Side): string[] => text(object(flow.IP)[side]);
/** `ns/prefix`, `ns/`, or a prefix in any namespace. */
const prefixes = (name: unknown, namespace: unknown): string[] =>
  text(name).flatMap((whole) => [
    whole,
    whole.slice(0, 3),
    ...text(namespace).flatMap((ns) => [`${ns}/`, `${ns}/${whole.slice(0, 4)}`]),
  ]);
const startsLike = (value: string, name: unknown, namespace: unknown): boolean => {
  const [ns, prefix] = value.includes("/") ? value.split("/") : [undefined, value];
  return text(name).some((whole) => whole.startsWith(prefix ?? "") && (ns === undefined || namespace === ns));
};
const RESERVED =
  "unknown host world unmanaged health init remote-node kube-apiserver ingress world-ipv4 world-ipv6".split(
    " ",
  );

export const SIDED: readonly SidedKey[] = [
  {
    key: "pod",
    values: (flow, side) => prefixes(endpoint(flow, side).pod_name, endpoint(flow, side).namespace),
    holds: (value, flow, side) =>
      startsLike(value, endpoint(flow, side).pod_name, endpoint(flow, side).namespace),
  },
  {
    key: "service",
    values: (flow, side) => prefixes(service(flow, side).name, service(flow, side).namespace),
    holds: (value, flow, side) => startsLike(value, service(flow, side).name, service(flow, side).namespace),
  },
  {
    key: "namespace",
    values: (flow, side) => [...text(endpoint(flow, side).namespace), ...text(service(flow, side).namespace)],
    holds: (value, flow, side) =>
      endpoint(flow, side).namespace === value || service(flow, side).namespace === value,
  },
  {
    key: "label",
    values: (flow, side) => selectors(texts(endpoint(flow, side).labels)),
    holds: (value, flow, side) => selects(value, texts(endpoint(flow, side).labels)),
  },
  {
    key: "identity",
    values: (flow, side) => {
      const { identity } = endpoint(flow, side);
      return typeof identity === "number" ? [String(identity), ...text(RESERVED[identity])] : [];
    },
    holds: (value, flow, side) => {
      const { identity } = endpoint(flow, side);
      return typeof identity === "number" && (String(identity) === value || RESERVED[identity] === value);
    },
  },
  {
    key: "ip",
    values: (flow, side) => address(flow, side).flatMap(ranges),
    holds: (value, flow, side) => address(flow, side).some((ip) => isIn(ip, value)),
  },
  {
    key: "fqdn",
    values: ({ flow }, side) =>
      texts(flow[`${side}_names`]).flatMap((name) => [
        name,
        `*.${plainName(name).split(".").slice(1).join(".")}`,
      ]),
    holds: (value, { flow }, side) =>
      texts(flow[`${side}_names`]).some((name) =>
        glob(plainName(value), "[-.0-9a-z]*").test(plainName(name)),
      ),
  },
  {
    key: "port",
    values: ({ flow }, side) => ports(flow, side),
    holds: (value, { flow }, side) => ports(flow, side).includes(value),
  },
  {
    key: "cluster",
    values: (flow, side) => text(endpoint(flow, side).cluster_name),
    holds: (value, flow, side) => endpoint(flow, side).cluster_name === value,
  },
];

function ports(flow: Readonly<Record<string, unknown>>, side: Side): string[] {
  const [l4] = Object.values(object(flow.l4));
  const port = object(l4)[`${side}_port`];
  return typeof port === "number" ? [String(port)] : [];
}
