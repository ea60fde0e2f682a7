/** Names outside are grouped by the domain that was registered, as far as the name itself tells. */

/** Second levels below which domains are registered, where the first level is a country: `co.uk`, `com.au`. */
const SHARED = /^(?:ac|co|com|edu|gov|net|org|or|ne)$/;

/** `api.eu.cardpay.example` -> `cardpay.example`; "addresses" for what has no name; null for the world as a whole. */
export function domainOf({ id }: { readonly id: string }): string | null {
  if (/^(?:ip|cidr):/.test(id)) return "addresses";
  const name = /^dns:([^@]+)/.exec(id)?.[1];
  if (name === undefined) return null;
  const labels = name.split(".");
  const [first = "", second = ""] = [labels.at(-1), labels.at(-2)];
  return labels.slice(first.length === 2 && SHARED.test(second) ? -3 : -2).join(".");
}
