/**
 * Lines as container runtimes write them: CRI (`TIME stdout F text`) and Docker's json-file
 * (`{"log":"text\n","stream":"stdout","time":".."}`).
 *
 * Both cut long lines, at 16 KiB: CRI marks all parts but the last with `P`, Docker leaves out the line break. Parts of one
 * stream are one line. (Kubernetes `pkg/kubelet/kuberuntime/logs`; Docker `daemon/logger/jsonfilelog`.)
 */

import { parseTime } from "@/lib/base/time";
import { isObject } from "./proto-json";

/** One line of a runtime's log, taken apart. */
export interface RuntimeLine {
  readonly stream: string;
  /** True when the line goes on in the next one of the same stream. */
  readonly goesOn: boolean;
  readonly text: string;
  readonly loggedNs: bigint | undefined;
}

const CRI = /^(\d{4}-\d\d-\d\dT\S{8,30}) (stdout|stderr) ([FP])(?:$| (.*))/s;
const DOCKER_START = '{"log":"';

/** `undefined` when the line is of no runtime. */
export function readRuntimeLine(line: string): RuntimeLine | undefined {
  if (line.startsWith(DOCKER_START)) return readDockerLine(line);
  const match = CRI.exec(line);
  if (match === null) return undefined;
  const [, time = "", stream = "", flag, text = ""] = match;
  return { stream, goesOn: flag === "P", text, loggedNs: parseTime(time) };
}

function readDockerLine(line: string): RuntimeLine | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isObject(parsed) || typeof parsed.log !== "string" || typeof parsed.stream !== "string")
    return undefined;
  const goesOn = !parsed.log.endsWith("\n");
  return {
    stream: parsed.stream,
    goesOn,
    text: goesOn ? parsed.log : parsed.log.slice(0, -1),
    loggedNs: typeof parsed.time === "string" ? parseTime(parsed.time) : undefined,
  };
}

/**
 * The line whose parts are the lines of `text`, all of one stream; undefined when it is no such text. `isWhole` is false when
 * the last part goes on.
 */
export function joinParts(
  text: string,
): { readonly text: string; readonly isWhole: boolean; readonly loggedNs: bigint | undefined } | undefined {
  const lines = text
    .split("\n")
    .map((line) => readRuntimeLine(line.endsWith("\r") ? line.slice(0, -1) : line));
  const [first] = lines;
  if (first === undefined || lines.length === 0) return undefined;
  let joined = "";
  for (const line of lines) {
    if (line === undefined) return undefined;
    joined += line.text;
  }
  return { text: joined, isWhole: lines.at(-1)?.goesOn === false, loggedNs: first.loggedNs };
}
