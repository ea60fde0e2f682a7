/**
 * An investigation as one HTML file that opens from a mail, without a server and without anything from elsewhere: no scripts,
 * one style sheet in it, and a policy that would refuse both from the log's texts.
 */

import { formatInstantText } from "@/components/frame/instant-text";
import { VIEWS } from "@/components/frame/views";
import { STATUS_LABELS } from "@/components/investigations/status";
import { minuteText } from "@/components/investigations/time-text";
import { formatQuantity } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import { formatTime } from "@/lib/base/time";
import type { Investigation, Pin } from "@/lib/investigations/investigation";
import type { PinReport } from "@/lib/report/pin-report-answer";
import { formatFilter } from "@/lib/scope/filter";
import { decodeScope, type Scope } from "@/lib/scope/link";
import { blockHtml } from "./blocks";
import { escaped } from "./escape";
import { markdownHtml } from "./markdown";
import { STYLE } from "./style";

export interface PinPart {
  readonly pin: Pin;
  readonly report: PinReport;
  /** Of a map. */
  readonly picture: string | undefined;
}

export interface HtmlParts {
  readonly investigation: Investigation;
  readonly captureName: string;
  readonly pins: readonly PinPart[];
  /** RFC 3339. */
  readonly madeAt: string;
}

/** A mail takes it. Pins beyond it have their headings, and say that the rest is left out. */
export const MOST_BYTES = 5 * 1024 * 1024;

const shown = (text: string): string => escaped(visible(text));

export function investigationHtml({ investigation, captureName, pins, madeAt }: HtmlParts): string {
  const { title, status, notes, updatedAt } = investigation;
  const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Eyepiece">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'">
<meta name="color-scheme" content="light dark">
<title>${shown(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${shown(title)}</h1>
<p class="quiet"><b>${STATUS_LABELS[status]}</b>. ${formatQuantity(pins.length, "pin")} of the capture ${shown(captureName)}, changed ${minuteText(updatedAt)}, written ${minuteText(madeAt)} by Eyepiece. Times are UTC.</p>
${notes === "" ? "" : `<div class="notes">${markdownHtml(notes)}</div>`}
`;
  const parts = [head];
  let size = Buffer.byteLength(head);
  for (const part of pins) {
    const html = pinHtml(part);
    const fits = size + Buffer.byteLength(html) <= MOST_BYTES;
    const taken = fits ? html : leftOut(part.pin);
    parts.push(taken);
    size += Buffer.byteLength(taken);
  }
  return `${parts.join("")}</main>\n</body>\n</html>\n`;
}

function pinHtml({ pin, report, picture }: PinPart): string {
  const { scope } = decodeScope(new URLSearchParams(pin.link));
  const blocks = report.blocks.map(blockHtml).join("");
  const failure = report.failure === null ? "" : `<p class="bad">${shown(report.failure.message)}</p>`;
  const check = report.check === null ? "" : `<p class="quiet">${shown(report.check.says)}</p>`;
  const note = pin.note === "" ? "" : `<div class="notes">${markdownHtml(pin.note)}</div>`;
  return `<article id="${escaped(pin.id)}">
<h2>${shown(pin.title || (pin.view === null ? "Note" : "Pin"))}</h2>
${pin.view === null ? "" : `<p class="quiet">${viewLabel(pin.view)}: ${scope === undefined ? "its link cannot be read" : scopeHtml(scope)}</p>`}
${note}${check}${failure}${picture === undefined ? "" : `<div class="wide picture">${picture}</div>`}${blocks}</article>
`;
}

function leftOut(pin: Pin): string {
  return `<article id="${escaped(pin.id)}"><h2>${shown(pin.title)}</h2><p class="bad">Left out: the file would be larger than 5 MiB. Open the investigation in Eyepiece to see it.</p></article>\n`;
}

function viewLabel(view: string): string {
  return shown(VIEWS.find(({ id }) => id === view)?.label ?? view);
}

function scopeHtml(scope: Scope): string {
  const filter = formatFilter(scope.filter);
  const end = (ns: bigint | undefined, open: string): string =>
    ns === undefined ? open : formatInstantText(formatTime(ns));
  const range =
    scope.from === undefined && scope.to === undefined
      ? ""
      : `, from ${end(scope.from, "the beginning")} to ${end(scope.to, "the end")}`;
  return `${filter === "" ? "without a filter" : `<code>${shown(filter)}</code>`}${shown(range)}, revision ${scope.revision ?? "not said"}`;
}
