import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Markdown } from "./markdown";

function html(text: string): string {
  return renderToStaticMarkup(<Markdown text={text} />).replace(/^<div[^>]*>|<\/div>$/g, "");
}

test.each([
  ["**bold** and `code`", "<p><strong>bold</strong> and <code>code</code></p>"],
  ["- one\n- two", "<ul><li>one</li><li>two</li></ul>"],
  ["1. one", "<ol><li>one</li></ol>"],
  ["line\nline", "<p>line<br/>line</p>"],
  [
    "```\nkubectl get pods\n\tkubectl\u202e get\n```",
    '<pre tabindex="0">kubectl get pods\n    kubectl\\u202e get</pre>',
  ],
])("%j becomes elements", (text, expected) => {
  expect(html(text)).toBe(expected);
});

test.each([
  ["<script>alert(1)</script>", "&lt;script&gt;"],
  ["a <img src=x onerror=alert(1)> b", "&lt;img src=x onerror=alert(1)&gt;"],
  ["![words](http://tracker.example/x.png)", "![words](http://tracker.example/x.png)"],
  ["[go](javascript:alert(1))", "<p>go</p>"],
  ["[go](//elsewhere.example)", "<p>go</p>"],
  ["[go](data:text/html,x)", "<p>go</p>"],
])("%j runs nothing and fetches nothing", (text, contains) => {
  const made = html(text);
  expect(made).toContain(contains);
  expect(made).not.toMatch(/<(?:script|img|iframe)|href="(?:javascript|data|\/\/)/i);
});

test("links to web pages and within the program are links", () => {
  expect(html("[run book](https://wiki.example/dns)")).toContain('href="https://wiki.example/dns"');
  expect(html("[drops](/captures/samplecapture/drops)")).toContain('href="/captures/samplecapture/drops"');
});

test("what is nested beyond reason is cut and does not hang", () => {
  expect(html(`${">".repeat(500)} deep`)).toContain("<blockquote>");
});
