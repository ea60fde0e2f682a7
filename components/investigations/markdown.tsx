import { lexer, type Token, type Tokens } from "marked";
import { type ReactNode, useMemo } from "react";
import { keyed } from "@/components/ui/keyed";
import { visible, visibleLines } from "@/components/ui/text";
import styles from "./markdown.module.css";

/**
 * Markdown as elements, never as markup: HTML in it is shown as text, a picture is shown as its words, and a link goes
 * only to http, https and mail addresses and to places within the program.
 */
export function Markdown({ text }: { readonly text: string }) {
  const blocks = useMemo(() => lexer(text, { gfm: true, breaks: true }), [text]);
  return <div className={styles.markdown}>{all(blocks)}</div>;
}

/** Lists within lists and quotes within quotes, no deeper than a person writes. */
const DEEPEST = 12;

function all(tokens: readonly Token[] | undefined, depth = 0): ReactNode {
  if (depth > DEEPEST) return null;
  return keyed(tokens ?? [], ({ raw }) => raw).map(({ key, thing }) => (
    <Piece key={key} token={thing} depth={depth} />
  ));
}

function Piece({ token, depth }: { readonly token: Token; readonly depth: number }): ReactNode {
  const inside = () => all(("tokens" in token && token.tokens) || [], depth + 1);
  switch (token.type) {
    case "paragraph":
      return <p>{inside()}</p>;
    case "heading":
      return <p className={styles.heading}>{inside()}</p>;
    case "blockquote":
      return <blockquote>{inside()}</blockquote>;
    case "list": {
      const { ordered, items } = token as Tokens.List;
      return ordered ? <ol>{all(items, depth + 1)}</ol> : <ul>{all(items, depth + 1)}</ul>;
    }
    case "list_item":
      return <li>{inside()}</li>;
    case "code":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <pre tabIndex={0}>{visibleLines(token.text)}</pre>
      );
    case "codespan":
      return <code>{visible(token.text)}</code>;
    case "strong":
      return <strong>{inside()}</strong>;
    case "em":
      return <em>{inside()}</em>;
    case "del":
      return <del>{inside()}</del>;
    case "br":
      return <br />;
    case "hr":
      return <hr />;
    case "link":
      return isSafe(token.href) ? (
        <a href={token.href} rel="noopener noreferrer">
          {inside()}
        </a>
      ) : (
        inside()
      );
    case "text":
      return "tokens" in token && token.tokens ? inside() : visible(token.text);
    case "escape":
      return visible(token.text);
    case "space":
    case "def":
      return null;
    default:
      // Tables, pictures, HTML: as they were written.
      return visible(token.raw);
  }
}

function isSafe(href: string): boolean {
  return /^(?:https?:\/\/|mailto:|\/(?!\/)|#)/i.test(href);
}
