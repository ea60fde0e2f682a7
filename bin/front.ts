/**
 * What stands between the socket and Next: guard, sign-in, security headers. Every request passes
 * here first, the upgrade of a connection too.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Log } from "@/lib/base/log";
import type { Failure } from "@/lib/base/result";
import { createAttempts } from "@/lib/http/attempts";
import { type ErrorCode, errorKinds, toErrorReply } from "@/lib/http/errors";
import {
  type Client,
  type Decision,
  type GuardConfig,
  guard,
  type Refusal,
  type ShareRequest,
  tooManyAttempts,
} from "@/lib/http/guard";
import { securityHeaders } from "@/lib/http/security-headers";
import { isToken, sessionCookieHeader, signSession } from "@/lib/http/session";
import { localPath, passphrasePage, refusalPage, reloadPage, signInPage } from "@/lib/http/sign-in-page";
import { createShareFront, narrowToShare, SHARE_HEADER } from "./share-front";
import type { Shares } from "./shares";

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface FrontOptions {
  readonly config: GuardConfig;
  readonly isDev: boolean;
  readonly log: Log;
  readonly next: Handler;
  /** Undefined when nothing here takes upgrades. */
  readonly upgrade: UpgradeHandler | undefined;
  readonly shares: Pick<Shares, "admit" | "tryPassphrase">;
  readonly now: () => number;
}

export interface Front {
  readonly request: Handler;
  readonly upgrade: UpgradeHandler;
}

/** Headers that only a trusted proxy may set; Next believes them. */
const proxyHeaders = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
];

/** A token with its form around it; anything longer is not one. */
const largestForm = 16 * 1024;

export function createFront({ config, isDev, log, next, upgrade, shares, now }: FrontOptions): Front {
  const attempts = createAttempts();
  const shareFront = createShareFront({ shares, basePath: config.basePath, now });

  function decide(request: IncomingMessage, isUpgrade: boolean): Decision {
    const { method = "", url = "", headers } = request;
    const remoteAddress = request.socket.remoteAddress ?? "";
    const nowMs = now();
    const facts = { nowMs, secondsBlocked: (address: string) => attempts.secondsBlocked(address, nowMs) };
    const decision = guard({ method, url, headers, remoteAddress, isUpgrade }, config, facts);
    if (decision.kind !== "refuse") return decision;
    const { client, failure } = decision;
    if (decision.isWrongToken) attempts.failed(client.address, nowMs);
    // A person who has yet to sign in is no event; a page shows the form.
    if (failure.code !== "sign_in_needed" || decision.isWrongToken) {
      log.warn("request refused", {
        code: failure.code,
        method,
        path: url.split("?", 1)[0],
        from: client.address,
      });
    }
    return decision;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const decision = decide(request, false);
    const nonce = randomBytes(16).toString("base64");
    if (decision.kind === "refuse") {
      refuse(request, response, decision, config, nonce);
      return;
    }
    // Only now: a client that asked beforehand must not send a body that is refused.
    if (request.headers.expect !== undefined) response.writeContinue();
    if (decision.kind === "sign-in") {
      await signIn(request, response, decision, nonce);
      return;
    }
    delete request.headers[SHARE_HEADER];
    if (decision.kind === "share" && !(await admitted(request, response, decision, nonce))) return;
    if (!config.trustProxy) for (const name of proxyHeaders) delete request.headers[name];
    const headers = securityHeaders(decision.area, nonce, isDev);
    setHeaders(response, headers);
    // Next takes the nonce for its own scripts from the policy it finds in the request.
    request.headers["content-security-policy"] = headers["content-security-policy"];
    delete request.headers["content-security-policy-report-only"];
    await next(request, response);
  }

  async function signIn(
    request: IncomingMessage,
    response: ServerResponse,
    { action, client }: Extract<Decision, { kind: "sign-in" }>,
    nonce: string,
  ): Promise<void> {
    const { basePath, token } = config;
    const cookie = (value: string) => sessionCookieHeader(value, { basePath, isHttps: client.isHttps });
    if (token === undefined) return redirect(request, response, `${basePath}/`);
    if (action === "leave") return redirect(request, response, `${basePath}/sign-in`, cookie(""));
    if (action === "show") {
      const wanted =
        new URL(request.url ?? "/", "http://local.invalid").searchParams.get("next") ?? undefined;
      const html = signInPage({ nonce, basePath, next: localPath(wanted, basePath) });
      return send(request, response, { status: 200, nonce, html });
    }
    const form = await readForm(request);
    if (form === undefined) {
      const failure = { code: "bad_request", message: "The sign-in form cannot be read." } as const;
      return send(request, response, { status: 400, nonce, html: refusalPage(nonce, failure) });
    }
    const target = localPath(form.get("next") ?? undefined, basePath);
    const problem = tryToken(form.get("token") ?? "", token, client);
    if (problem === undefined) return redirect(request, response, target, cookie(signSession(token, now())));
    const { status } = errorKinds[problem.code];
    const seconds = attempts.secondsBlocked(client.address, now());
    const headers = seconds > 0 ? { "retry-after": String(seconds) } : undefined;
    const html = signInPage({ nonce, basePath, next: target, problem: sentence(problem) });
    return send(request, response, { status, nonce, html, headers });
  }

  /** True when a share's visitor may go on; otherwise the request has been answered. */
  async function admitted(
    request: IncomingMessage,
    response: ServerResponse,
    asked: ShareRequest,
    nonce: string,
  ): Promise<boolean> {
    const form = asked.action === "try" ? await readForm(request) : undefined;
    const answer = await shareFront.answer(asked, request, form);
    if (answer.kind === "in") {
      narrowToShare(request, answer.shareId);
      return true;
    }
    if (answer.kind === "reload") {
      redirect(request, response, (request.url ?? "/").split(/[?#]/, 1)[0] ?? "/", answer.cookie);
    } else if (answer.kind === "ask") {
      if (asked.area === "data") {
        sendFailure(request, response, {
          code: "passphrase_needed",
          message: "This link asks for a passphrase.",
        });
      } else {
        send(request, response, { status: 401, nonce, html: passphrasePage(nonce, answer.problem) });
      }
    } else {
      const { failure, seconds } = answer;
      log.warn("share refused", { code: failure.code, from: asked.client.address });
      const headers = seconds === undefined ? undefined : { "retry-after": String(seconds) };
      const { status } = errorKinds[failure.code];
      if (asked.area === "data") sendFailure(request, response, failure, headers);
      else send(request, response, { status, nonce, html: refusalPage(nonce, failure), headers });
    }
    return false;
  }

  function tryToken(given: string, token: string, client: Client): Failure<ErrorCode> | undefined {
    const seconds = attempts.secondsBlocked(client.address, now());
    if (seconds > 0) return tooManyAttempts(seconds);
    if (isToken(given.trim(), token)) {
      attempts.succeeded(client.address);
      log.info("signed in", { from: client.address });
      return undefined;
    }
    attempts.failed(client.address, now());
    log.warn("sign-in failed", { from: client.address });
    return { code: "sign_in_needed", message: "The token is wrong.", hint: "" };
  }

  return {
    request: handle,
    upgrade: (request, socket, head) => {
      if (upgrade !== undefined && decide(request, true).kind === "allow") upgrade(request, socket, head);
      else socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    },
  };
}

/** Answers a refused request: a page for a person, else the one error shape. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { failure, headers, wantsPage, mayHaveSession, isWrongToken }: Refusal,
  { basePath }: GuardConfig,
  nonce: string,
): void {
  const { status } = errorKinds[failure.code];
  if (!wantsPage) {
    sendFailure(request, response, failure, headers);
    return;
  }
  const form = () => signInPage({ nonce, basePath, next: localPath(request.url, basePath) });
  const html = mayHaveSession
    ? reloadPage(nonce)
    : failure.code === "sign_in_needed" && !isWrongToken
      ? form()
      : refusalPage(nonce, failure);
  send(request, response, { status, nonce, html, headers: omit(headers, "www-authenticate") });
}

/** The one error shape, for failures outside the routes. */
export function sendFailure(
  request: IncomingMessage,
  response: ServerResponse,
  failure: Failure<ErrorCode>,
  headers: Readonly<Record<string, string>> = {},
): void {
  setHeaders(response, { ...securityHeaders("data", ""), ...headers });
  response.setHeader("cache-control", "no-store");
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.statusCode = errorKinds[failure.code].status;
  finish(request, response, JSON.stringify(toErrorReply(failure)));
}

interface PageAnswer {
  readonly status: number;
  readonly nonce: string;
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, nonce, html, headers = {} }: PageAnswer,
): void {
  setHeaders(response, {
    ...securityHeaders("form", nonce),
    ...headers,
    "content-type": "text/html; charset=utf-8",
  });
  response.statusCode = status;
  finish(request, response, html);
}

function redirect(
  request: IncomingMessage,
  response: ServerResponse,
  location: string,
  cookie?: string,
): void {
  setHeaders(response, { ...securityHeaders("data", ""), "cache-control": "no-store", location });
  if (cookie !== undefined) response.setHeader("set-cookie", cookie);
  response.statusCode = 303;
  finish(request, response, "");
}

/**
 * Ends the answer. When the body has not been read, the connection ends too: reading a refused
 * upload of several GiB to its end would only keep the line busy.
 */
function finish(request: IncomingMessage, response: ServerResponse, body: string): void {
  const isUnread = !request.complete && (request.headers["content-length"] ?? "0") !== "0";
  if (isUnread || request.headers["transfer-encoding"] !== undefined) {
    response.setHeader("connection", "close");
    response.once("finish", () => setTimeout(() => request.socket.destroy(), 1000).unref());
  }
  response.setHeader("content-length", Buffer.byteLength(body));
  response.end(request.method === "HEAD" ? undefined : body);
}

/** The fields of a sent form; undefined when it is too large or of another type. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers["content-type"] ?? "")) return undefined;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
    size += bytes.length;
    if (size > largestForm) return undefined;
    parts.push(bytes);
  }
  return new URLSearchParams(Buffer.concat(parts).toString("utf8"));
}

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

function omit(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

function sentence({ message, hint }: Failure<ErrorCode>): string {
  return hint ? `${message} ${hint}` : message;
}
