/** What `hubble observe` prints for people: no direction but on policy verdicts, a node only when asked for, mostly no year. */
const TEXT: ReadonlySet<string> = new Set(["hubble-compact", "hubble-dict", "hubble-table"]);

export function isTextFormat(format: string): boolean {
  return TEXT.has(format);
}
