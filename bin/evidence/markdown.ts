/** Notes as HTML text, by the same rules as on the page: HTML in them is text, pictures are words, links go to the web and to mail only. */

import { lexer, type Token, type Tokens } from "marked";
import { visible, visibleLines } from "@/components/ui/text";
import { escaped } from "./escape";

const DEEPEST = 12;

export function markdownHtml(text: string): string {
  return all(lexer(text, { gfm: true, breaks: true }), 0);
}

function all(tokens: readonly Token[] | undefined, depth: number): string {
  return depth > DEEPEST || tokens === undefined ? "" : tokens.map((token) => piece(token, depth)).join("");
}

const ELEMENTS: Readonly<Record<string, string>> = {
  paragraph: "p",
  blockquote: "blockquote",
  list_item: "li",
  strong: "strong",
  em: "em",
  del: "del",
};

function piece(token: Token, depth: number): string {
  const inside = (): string => all(("tokens" in token && token.tokens) || [], depth + 1);
  const element = ELEMENTS[token.type];
  if (element !== undefined) return `<${element}>${inside()}</${element}>`;
  switch (token.type) {
    case "heading":
      return `<p><b>${inside()}</b></p>`;
    case "list": {
      const { ordered, items } = token as Tokens.List;
      const list = ordered ? "ol" : "ul";
      return `<${list}>${all(items, depth + 1)}</${list}>`;
    }
    case "code":
      return `<pre>${escaped(visibleLines(token.text))}</pre>`;
    case "codespan":
      return `<code>${shown(token.text)}</code>`;
    case "br":
      return "<br>";
    case "hr":
      return "<hr>";
    case "link":
      return /^(?:https?:\/\/|mailto:)/i.test(token.href)
        ? `<a href="${escaped(token.href)}" rel="noopener noreferrer">${inside()}</a>`
        : inside();
    case "text":
      return "tokens" in token && token.tokens ? inside() : shown(token.text);
    case "escape":
      return shown(token.text);
    case "space":
    case "def":
      return "";
    default:
      return shown(token.raw);
  }
}

function shown(text: string): string {
  return escaped(visible(text));
}
