/** The blocks of a pin's report as HTML, with the numbers and words of the page. */

import { actorName } from "@/components/frame/actors";
import { formatInstantText } from "@/components/frame/instant-text";
import { formatCount, formatSpan } from "@/components/ui/format";
import { visible, visibleLines } from "@/components/ui/text";
import type { Block, Cell, Column } from "@/lib/report/block";
import { escaped } from "./escape";

const shown = (text: string): string => escaped(visible(text));

export function blockHtml(block: Block): string {
  switch (block.kind) {
    case "figures":
      return notesHtml(block.notes) + figuresHtml(block.figures);
    case "table":
      return section(block.title, notesHtml(block.notes) + tableHtml(block) + quiet(block.more));
    case "causes":
      return section(block.title, notesHtml(block.notes) + causesHtml(block.causes) + quiet(block.more));
    case "text":
      return section(
        block.title,
        `<ul>${block.sentences.map((one) => `<li>${shown(one)}</li>`).join("")}</ul>`,
      );
    case "code":
      return section(block.title, `<pre>${escaped(visibleLines(block.text))}</pre>`);
    case "record": {
      const where = `${visible(block.file)}, line ${formatCount(block.line)}`;
      const worth = block.exact ? "" : ". Not all of it, or not letter for letter.";
      return section(
        "Record as received",
        `${quiet(where + worth)}<pre>${escaped(visibleLines(block.text))}</pre>`,
      );
    }
  }
}

function section(title: string, html: string): string {
  return `<section><h3>${shown(title)}</h3>${html}</section>\n`;
}

function quiet(text: string | null): string {
  return text === null ? "" : `<p class="quiet">${shown(text)}</p>`;
}

function notesHtml(notes: readonly string[]): string {
  return notes.map(quiet).join("");
}

type Figures = Extract<Block, { kind: "figures" }>["figures"];

function figuresHtml(figures: Figures): string {
  const tiles = figures.map(({ label, value, unit, says }) => {
    const number =
      value === null ? "unknown" : unit === "span" ? formatSpan(BigInt(value)) : formatCount(value);
    return `<div><dt>${shown(label)}</dt><dd>${escaped(number)}${quiet(says)}</dd></div>`;
  });
  return `<dl>${tiles.join("")}</dl>\n`;
}

function tableHtml({ columns, rows }: Extract<Block, { kind: "table" }>): string {
  if (rows.length === 0) return quiet("There is nothing of it in this scope.");
  const head = columns.map(({ label, type }) => `<th scope="col"${numberClass(type)}>${shown(label)}</th>`);
  const body = rows.map(({ cells }) => {
    const row = columns.map(
      ({ type }, at) => `<td${numberClass(type)}>${cellHtml(cells[at] ?? null, type)}</td>`,
    );
    return `<tr>${row.join("")}</tr>`;
  });
  return `<div class="wide"><table><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}

function numberClass(type: Column["type"]): string {
  return type === "count" || type === "span" ? ' class="number"' : "";
}

function cellHtml(cell: Cell, type: Column["type"]): string {
  if (cell === null) return '<span class="quiet">unknown</span>';
  switch (type) {
    case "count":
      return typeof cell === "number" ? escaped(formatCount(cell)) : shown(cell);
    case "time":
      return shown(
        String(cell)
          .replace("T", " ")
          .replace(/(\.\d{3})\d*Z$/, "$1"),
      );
    case "span":
      return escaped(formatSpan(BigInt(cell)));
    case "actor":
      return cell === "" ? "" : escaped(actorName(String(cell)));
    case "code":
      return `<code>${shown(String(cell))}</code>`;
    case "text":
      return shown(String(cell));
  }
}

type Causes = Extract<Block, { kind: "causes" }>["causes"];

function causesHtml(causes: Causes): string {
  if (causes.length === 0) return quiet("Nothing is wrong in this scope.");
  const items = causes.map(({ sentence, remedy, count, unit, first, last }) => {
    const when = `${formatCount(count)} ${visible(unit)}, first ${formatInstantText(first)}, last ${formatInstantText(last)}`;
    const what = remedy === null ? "" : `<p>What to do: ${shown(remedy)}</p>`;
    return `<li><p><b>${shown(sentence)}</b></p><p>${escaped(when)}</p>${what}</li>`;
  });
  return `<ol>${items.join("\n")}</ol>`;
}
