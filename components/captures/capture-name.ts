/** A name for a capture, from the files it is made of. */

/** Endings that say how a file is packed or written, not what it holds. */
const ENDING = /\.(?:log|jsonl?|ndjson|txt|gz|gzip|zst|zip|tar|tgz|\d{1,3})$/i;
/** What the exporter adds to a rotated file: `events-2026-08-21T12-00-03.412.log.gz`. */
const ROTATION = /-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}$/;
const LOOSE_END = /[\s._\-–—(]+$/;
const SHORTEST_STEM = 3;

/** The name's stem if it has one, what several names begin with, else the time: `2026-03-04 05:12`. */
export function captureNameFor(fileNames: readonly string[], now: Date): string {
  const stems = fileNames.map(stemOf);
  const [first = "", ...rest] = stems;
  const common = rest.reduce(commonStart, first).replace(LOOSE_END, "");
  if (common.length >= SHORTEST_STEM) return common;
  return `Capture ${now.toISOString().slice(0, 16).replace("T", " ")}`;
}

function stemOf(fileName: string): string {
  let stem = fileName.slice(Math.max(fileName.lastIndexOf("/"), fileName.lastIndexOf("\\")) + 1);
  // The time of a rotated file ends in milliseconds, which look like an ending.
  while (ENDING.test(stem) && !ROTATION.test(stem)) stem = stem.replace(ENDING, "");
  return stem.replace(ROTATION, "").replace(LOOSE_END, "");
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
