/** Traffic that is in every cluster and seldom the question, as terms of the filter: a record that any of them finds is noise. */

import { parseFilter, type Term } from "./filter";

export const NOISE = ["dns", "host", "health", "prometheus"] as const;
export type Noise = (typeof NOISE)[number];

const SCRAPERS = ["prometheus", "kube-prometheus", "vmagent", "grafana-agent", "grafana-alloy", "alloy"];

const TEXTS: Readonly<Record<Noise, string>> = {
  dns: "server-port:53",
  host: ends("host", "remote-node"),
  health: ends("health"),
  prometheus: `client:${SCRAPERS.map((name) => `*/${name}*`).join(",")}`,
};

/** With and without a cluster behind the name, at either end. */
function ends(...names: readonly string[]): string {
  const values = names.map((name) => `reserved:${name},reserved:${name}@*`).join(",");
  return `client:${values} server:${values}`;
}

export function noiseTerms(noise: Noise): readonly Term[] {
  const parsed = parseFilter(TEXTS[noise]);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value.terms;
}
