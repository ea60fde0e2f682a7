/** What keys of the model are made of: texts of a record, addresses, names, patterns and labels, read the slow and obvious way. */

export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
export const text = (value: unknown): string[] => (typeof value === "string" && value !== "" ? [value] : []);

const bits = (ip: string): string | undefined =>
  /^\d+\.\d+\.\d+\.\d+$/.test(ip)
    ? ip
        .split(".")
        .map((part) => Number(part).toString(2).padStart(8, "0"))
        .join("")
    : undefined;
export const isIn = (ip: string, range: string): boolean => {
  const [base = "", length] = range.split("/");
  if (length === undefined) return ip === range;
  return (
    bits(ip)?.slice(0, Number(length)) === bits(base)?.slice(0, Number(length)) && bits(ip) !== undefined
  );
};
export const ranges = (ip: string): string[] =>
  bits(ip) === undefined ? [ip] : [ip, `${ip.split(".").slice(0, 2).join(".")}.0.0/16`, `${ip}/32`];
export const plainName = (name: string): string => name.toLowerCase().replace(/\.$/, "");
export const glob = (pattern: string, run: string): RegExp =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\/]/g, "\\$&"))
      .join(run)}$`,
  );
const withoutSource = (label: string): string => label.slice(label.indexOf(":") + 1);
const labelKeys = (label: string): string[] =>
  [label, withoutSource(label)].map((part) => part.split("=")[0] ?? "");
/** `key=value`, `key`, `!key`; a key may have its source in front. */
export const selects = (selector: string, labels: readonly string[]): boolean => {
  if (selector.startsWith("!")) return !labels.some((label) => labelKeys(label).includes(selector.slice(1)));
  if (!selector.includes("=")) return labels.some((label) => labelKeys(label).includes(selector));
  return labels.some((label) => label === selector || withoutSource(label) === selector);
};
export const selectors = (labels: readonly string[]): string[] =>
  labels
    .filter((label) => label.includes("="))
    .flatMap((label) => {
      const bare = withoutSource(label);
      return [label, bare, bare.split("=")[0] ?? "", `!${bare.split("=")[0]}`];
    });

export const escaped = (plain: string): string => plain.replace(/[.+*?^${}()|[\]\\]/g, "\\$&");
