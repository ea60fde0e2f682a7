/**
 * Headers that tell the browser what an answer may do.
 *
 * Pages run only scripts and style sheets that carry the nonce of this answer or come from this
 * server; nothing is loaded from elsewhere. Log content is hostile text: should a piece of it ever
 * end up as markup, it must stay without effect.
 */
export type AnswerKind = "page" | "data" | "form";

type Headers = Readonly<Record<string, string>>;

const always: Headers = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
};

/** A policy for one answer. `isDev`: the development server of Next evaluates code and injects styles. */
function contentSecurityPolicy(kind: AnswerKind, nonce: string, isDev: boolean): string {
  if (kind === "data") return "default-src 'none'; frame-ancestors 'none'; sandbox";
  if (kind === "form") {
    return `default-src 'none'; style-src 'nonce-${nonce}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
  }
  const script = `script-src 'self' 'nonce-${nonce}'${isDev ? " 'unsafe-eval'" : ""}`;
  const style = `style-src 'self' ${isDev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`;
  // React writes `style` properties as attributes when it renders on the server. Without this line a
  // browser drops them and starting up in the browser does not bring them back (seen in Chromium
  // 143). An attribute styles its own element only; style sheets still need the nonce.
  const styleAttributes = "style-src-attr 'unsafe-inline'";
  return [
    "default-src 'self'",
    script,
    style,
    styleAttributes,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

export function securityHeaders(kind: AnswerKind, nonce: string, isDev = false): Headers {
  return {
    ...always,
    // A form sent under no-referrer carries `Origin: null`, which cannot be told from a hostile
    // page's; same-origin tells other sites just as little.
    ...(kind === "form" && { "referrer-policy": "same-origin", "cache-control": "no-store" }),
    "content-security-policy": contentSecurityPolicy(kind, nonce, isDev),
  };
}
