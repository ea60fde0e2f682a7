/** Lines as container runtimes write them. Both cut at 16 KiB; a smaller bound here, so that lines of this log are cut at all. */

import type { LineJson } from "../flow-json.ts";

const CUT_AT = 1400;

function parts(line: string): string[] {
  const cut: string[] = [];
  for (let at = 0; at < line.length; at += CUT_AT) cut.push(line.slice(at, at + CUT_AT));
  return cut;
}

function loggedAt(line: string): string {
  return (JSON.parse(line) as LineJson).time ?? "1970-01-01T00:00:00Z";
}

/** `TIME stdout P text`, the last part with `F`. */
export function criLines(line: string): string[] {
  const time = loggedAt(line);
  const all = parts(line);
  return all.map((part, index) => `${time} stdout ${index === all.length - 1 ? "F" : "P"} ${part}`);
}

/** Only the last part has the line break. */
export function dockerLines(line: string): string[] {
  const time = loggedAt(line);
  const all = parts(line);
  return all.map((part, index) =>
    JSON.stringify({ log: index === all.length - 1 ? `${part}\n` : part, stream: "stdout", time }),
  );
}
