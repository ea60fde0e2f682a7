/** What the keys mean that ask about requests and look-ups, and what `text` finds. */

import type { FlowJson } from "./records";
import { ENDS, isAbsent, type Rules, said, saidAmong } from "./rule";
import { workloadsOf } from "./side-rules";

type ContentKey =
  | "dns-query"
  | "dns-rcode"
  | "http-header"
  | "http-method"
  | "http-path"
  | "http-status"
  | "http-url"
  | "text";

export const CONTENT_RULES: Rules<ContentKey> = {
  "http-method": said(
    (json) => json.l7?.http?.method,
    (said, { method }) => said.toLowerCase() === method.toLowerCase(),
  ),
  "http-status": (json, value) => {
    const code = json.l7?.http?.code ?? 0;
    if (value.type !== "status") return code === 0 && isAbsent(json, value.type);
    return value.isPrefix ? String(code).startsWith(value.digits) : String(code) === value.digits;
  },
  "http-url": said(urlOf, (url, { pattern }) => new RegExp(pattern, "u").test(url)),
  // A URL that Go cannot read is one all the same.
  "http-path": said(urlOf, (url, { pattern }) => {
    const path = PATHS[url];
    return path !== undefined && new RegExp(pattern, "u").test(path);
  }),
  "http-header": saidAmong(
    (json) => json.l7?.http?.headers,
    (header, { name, value }) => header.key === name && header.value === value,
  ),
  "dns-query": said(
    (json) => json.l7?.dns?.query,
    (query, { pattern }) => {
      // With its final dot or without.
      const name = query.replace(/[.]$/, "");
      return [name, `${name}.`].some((form) => new RegExp(pattern, "iu").test(form));
    },
  ),
  "dns-rcode": said(
    // A response without a code succeeded.
    // Proto JSON leaves an answer's 0 out, and a question's means nothing.
    ({ l7 }) => {
      const code = l7?.dns?.rcode ?? (l7?.dns !== undefined && l7.type === "RESPONSE" ? 0 : undefined);
      return code === 0 && l7?.type === "REQUEST" ? undefined : code;
    },
    (code, { name }) => {
      const numbers: Record<string, number> = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 };
      return code === (numbers[name] ?? Number(name));
    },
  ),
  text: (json, value) =>
    value.type === "search" &&
    namesOf(json).some((name) => name.toLowerCase().includes(value.text.toLowerCase())),
};

/** An empty member is none. */
function urlOf(json: FlowJson): string | undefined {
  return json.l7?.http?.url || undefined;
}

/** The paths of the generated URLs that Go can read. */
const PATHS: Readonly<Record<string, string>> = {
  "http://shop.example:8080/users/42?session=1": "/users/42",
  "http://shop.example/users/a%20b/Orders": "/users/a b/Orders",
  "/users/7": "/users/7",
  "https://shop.example": "",
};

/** A DNS name is meant with its final dot or without: what is a piece of the one form is a piece of this. */
function withDot(name: string): string {
  return name.endsWith(".") ? name : `${name}.`;
}

/** Every name in a record: docs/filter.md lists them under `text`. */
function namesOf(json: FlowJson): string[] {
  const sides = ENDS.flatMap((end) => {
    const { cluster_name, namespace, pod_name } = json[end] ?? {};
    const service = json[`${end}_service`];
    const workloads = workloadsOf(json[end] ?? {}).map(({ name }) => name);
    const names = (json[`${end}_names`] ?? []).map(withDot);
    return [cluster_name, namespace, pod_name, service?.name, service?.namespace, ...workloads, ...names];
  });
  const { dns, http, kafka } = json.l7 ?? {};
  const policies = [...(json.egress_allowed_by ?? []), ...(json.ingress_denied_by ?? [])];
  return [
    ...sides,
    json.node_name,
    json.interface?.name,
    ...[dns?.query ?? [], dns?.cnames ?? []].flat().map(withDot),
    http?.url,
    kafka?.topic,
    ...policies.flatMap(({ namespace, name }) => [namespace, name]),
  ].filter((name) => name !== undefined);
}
