/**
 * The pages that the server writes itself, without Next and without scripts: the sign-in form and
 * refusals shown to a person. Every text that comes from outside is escaped.
 */
import type { Failure } from "@/lib/base/result";
import { type ErrorCode, toErrorReply } from "./errors";

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f6f7f9; color: #1b1f24; }
main { width: min(24rem, calc(100vw - 2rem)); }
h1 { font-size: 1.375rem; margin: 0 0 .5rem; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
label { display: block; font-weight: 600; margin-bottom: .25rem; }
input, button { box-sizing: border-box; width: 100%; font: inherit; padding: .5rem .75rem; border-radius: .375rem; }
input { border: 1px solid #6b7280; background: #fff; color: inherit; margin-bottom: 1rem; }
button { border: 0; background: #1d4ed8; color: #fff; font-weight: 600; cursor: pointer; }
:focus-visible { outline: 3px solid #1d4ed8; outline-offset: 2px; }
.problem { border-left: 4px solid #b91c1c; padding-left: .75rem; }
@media (prefers-color-scheme: dark) {
  body { background: #101317; color: #e6e8eb; }
  input { background: #181c22; border-color: #8b949e; }
  button { background: #93b4ff; color: #0b1020; }
  :focus-visible { outline-color: #93b4ff; }
  .problem { border-color: #f87171; }
}`;

interface SignInPage {
  readonly nonce: string;
  readonly basePath: string;
  /** Where to go afterwards; a local path. */
  readonly next: string;
  readonly problem?: string;
}

export function signInPage({ nonce, basePath, next, problem }: SignInPage): string {
  const told =
    problem === undefined ? "" : `<p class="problem" id="problem" role="alert">${escapeHtml(problem)}</p>`;
  const wrong = problem === undefined ? "" : ` aria-invalid="true" aria-describedby="problem"`;
  return page(
    nonce,
    "Sign in",
    `<h1>Sign in to Eyepiece</h1>
<p>Enter the token this server was started with.</p>
${told}<form method="post" action="${escapeHtml(basePath)}/sign-in">
<input type="hidden" name="next" value="${escapeHtml(next)}">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${wrong}>
<button type="submit">Sign in</button>
</form>`,
  );
}

/** Asked by a share before it shows anything, its title too. The form is sent to the page's own address. */
export function passphrasePage(nonce: string, problem?: string): string {
  const told =
    problem === undefined ? "" : `<p class="problem" id="problem" role="alert">${escapeHtml(problem)}</p>`;
  const wrong = problem === undefined ? "" : ` aria-invalid="true" aria-describedby="problem"`;
  return page(
    nonce,
    "Shared investigation",
    `<h1>Shared investigation</h1>
<p>Whoever sent you this link has set a passphrase for it.</p>
${told}<form method="post">
<label for="passphrase">Passphrase</label>
<input id="passphrase" name="passphrase" type="password" autocomplete="off" required autofocus${wrong}>
<button type="submit">Open</button>
</form>`,
  );
}

/**
 * Loads the same address once more. A browser keeps a strict cookie back when a link on another site
 * leads here; the second request is our own page's, and brings it.
 */
export function reloadPage(nonce: string): string {
  return page(nonce, "Opening", "<p>Opening ...</p>", `<meta http-equiv="refresh" content="0">`);
}

export function refusalPage(nonce: string, failure: Failure<ErrorCode>): string {
  const { message, hint } = toErrorReply(failure).error;
  return page(nonce, "Refused", `<h1>${escapeHtml(message)}</h1>\n<p>${escapeHtml(hint)}</p>`);
}

function page(nonce: string, title: string, body: string, head = ""): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${head}<title>${title} · Eyepiece</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${style}
</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (character) => names[character] ?? character);
}

/**
 * Where to go after signing in: a path of this server below `basePath`, else its first page. Never
 * another site: `//host`, `/\host` and paths that become one of these when resolved are refused.
 */
export function localPath(wanted: string | undefined, basePath: string): string {
  const home = `${basePath}/`;
  if (wanted === undefined || wanted.length > 8192 || !wanted.startsWith("/")) return home;
  const here = "http://local.invalid";
  if (!URL.canParse(wanted, here)) return home;
  const url = new URL(wanted, here);
  const path = url.pathname + url.search + url.hash;
  const isInside = url.pathname === basePath || url.pathname.startsWith(home);
  const isForm = url.pathname === `${basePath}/sign-in`;
  return url.origin === here && isInside && !isForm && !path.startsWith("//") ? path : home;
}
