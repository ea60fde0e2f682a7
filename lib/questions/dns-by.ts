/** Words that DNS is grouped by in tables and over time. */

export const DNS_BY = [
  "rcode",
  "query",
  "root",
  "client",
  "pod",
  "server",
  "node",
  "qtype",
  "answers",
] as const;
export type DnsBy = (typeof DNS_BY)[number];

/** Over time: by what became of questions and what answers say; or what fails, by node or type, or by addresses. */
export const DNS_SERIES_BY = ["outcome", "node", "qtype", "answers"] as const;
export type DnsSeriesBy = (typeof DNS_SERIES_BY)[number];
