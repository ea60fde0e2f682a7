/**
 * Names that look like data: many distinct long labels without a pattern under one domain, as tunnels over DNS ask for.
 *
 * A suspicion, never more: content networks and telemetry make such names too, so what is found says its numbers.
 */

export interface AskedName {
  /** Who asked. */
  readonly client: string;
  readonly query: string;
  readonly qtypes: string | null;
  readonly queries: number;
}

export interface RandomLabels {
  readonly client: string;
  readonly domain: string;
  /** Distinct names below the domain, and those of them that look like data. */
  readonly names: number;
  readonly odd: number;
  /** Questions for names below the domain. */
  readonly queries: number;
  readonly longest: number;
}

/** Fewer are chance. */
const FEWEST = 20;
/** Of the names below the domain so many must look so. */
const SHARE = 0.8;
const LEAST_LENGTH = 20;
/** Of bits in a character: words of English have about 3 at this length, hexadecimal digits 4, base32 5. */
const LEAST_ENTROPY = 3.2;
/** Whole payloads travel in these. */
const PAYLOAD_TYPES = new Set(["TXT", "NULL"]);
const PAYLOAD_LENGTH = 30;

/** Names inside the cluster and reverse look-ups are made by programs; search lists repeat names: leave both out before. */
export function findRandomLabels(names: readonly AskedName[]): RandomLabels[] {
  const found = new Map<
    string,
    { client: string; domain: string; queries: number; longest: number; all: Set<string>; odd: Set<string> }
  >();
  for (const { client, query, qtypes, queries } of names) {
    const domain = domainOf(query);
    if (domain === undefined) continue;
    const key = `${client} ${domain}`;
    const group = found.get(key) ?? {
      client,
      domain,
      queries: 0,
      longest: 0,
      all: new Set<string>(),
      odd: new Set<string>(),
    };
    found.set(key, group);
    const label = query.slice(0, -domain.length - 1);
    group.queries += queries;
    group.all.add(query);
    if (looksRandom(label, qtypes)) group.odd.add(query);
    group.longest = Math.max(group.longest, label.length);
  }
  return [...found.values()]
    .filter(({ all, odd }) => odd.size >= FEWEST && odd.size >= all.size * SHARE)
    .map(({ client, domain, queries, longest, all, odd }) => ({
      client,
      domain,
      queries,
      longest,
      names: all.size,
      odd: odd.size,
    }))
    .sort((a, b) => b.queries - a.queries || (a.domain < b.domain ? -1 : 1));
}

/** `example.com`, `example.co.uk`; undefined for the domain itself and what has none. */
function domainOf(query: string): string | undefined {
  const labels = query.split(".");
  const [second = "", top = ""] = labels.slice(-2);
  const taken = top.length === 2 && second.length <= 3 ? 3 : 2;
  return labels.length > taken ? labels.slice(-taken).join(".") : undefined;
}

function looksRandom(label: string, qtypes: string | null): boolean {
  const text = label.replaceAll(".", "");
  if (PAYLOAD_TYPES.has(qtypes ?? "") && text.length >= PAYLOAD_LENGTH) return true;
  return text.length >= LEAST_LENGTH && entropyOf(text) >= LEAST_ENTROPY && /\d/.test(text);
}

/** Shannon entropy in bits for each character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / text.length) * Math.log2(n / text.length), 0);
}
