/** The same invented records as other programs write them. One shape per file: some carry state from line to line. */

import type { FlowJson, LineJson } from "../flow-json.ts";
import { Aggregated } from "./aggregated.ts";
import { cliRows, csvRows, jsonRows, tableRows } from "./azure.ts";
import { compactLine } from "./compact.ts";
import { criLines, dockerLines } from "./runtime.ts";

export interface Shape {
  /** What stands before the first record. */
  begin(): string;
  /** What a line of the exporter becomes: any number of lines. */
  lines(line: string): readonly string[];
  /** What stands behind the last record, with records that were held back. */
  end(): string;
}

export const FORMATS = {
  hubble: ".log",
  aggregated: ".log",
  "azure-cli": ".json",
  "azure-rest": ".json",
  "azure-csv": ".csv",
  "azure-jsonl": ".json",
  compact: ".txt",
  docker: ".log",
  cri: ".log",
} as const;

export type Format = keyof typeof FORMATS;

export function isFormat(text: string): text is Format {
  return Object.hasOwn(FORMATS, text);
}

export function shapeOf(format: Format): Shape {
  switch (format) {
    case "hubble":
      return perLine((line) => [line]);
    case "aggregated":
      return new Aggregated();
    case "azure-cli":
      return cliRows();
    case "azure-rest":
      return tableRows();
    case "azure-csv":
      return csvRows();
    case "azure-jsonl":
      return perFlow(jsonRows);
    case "compact":
      return perLine((line) => compactLine(JSON.parse(line) as LineJson));
    case "docker":
      return perLine(dockerLines);
    case "cri":
      return perLine(criLines);
  }
}

function perLine(lines: (line: string) => readonly string[]): Shape {
  return { begin: () => "", lines, end: () => "" };
}

/** Log Analytics has flows only. */
function perFlow(row: (flow: FlowJson) => string): Shape {
  return perLine((line) => {
    const { flow } = JSON.parse(line) as LineJson;
    return flow === undefined ? [] : [row(flow)];
  });
}
