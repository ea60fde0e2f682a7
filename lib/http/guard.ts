/**
 * Decides whether a request may go on, before anything of it is read.
 *
 * In this order: the request must be well formed, ask for a name of ours (host.ts), not be made by a
 * page of another site, and, when the server has a token, carry it or a sign-in. Pure: the clock and
 * the count of wrong tokens are given.
 */
import type { Failure } from "@/lib/base/result";
import type { ErrorCode } from "./errors";
import { type BoundAddress, type HostName, isOwnName, isSameOrigin, parseHost } from "./host";
import { cookieValues, isSession, isToken, sessionCookie } from "./session";

export interface GuardConfig {
  readonly bound: BoundAddress;
  /** Names allowed beside our own. */
  readonly allowedHosts: readonly HostName[];
  readonly token: string | undefined;
  /** Whether X-Forwarded-* comes from a proxy of the operator's and not from the client. */
  readonly trustProxy: boolean;
  /** "" or "/name". */
  readonly basePath: string;
}

export interface GuardRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly remoteAddress: string;
  readonly isUpgrade?: boolean;
}

export interface GuardFacts {
  readonly nowMs: number;
  /** Seconds for which this address may not present a token. */
  secondsBlocked(address: string): number;
}

export interface Client {
  readonly address: string;
  readonly isHttps: boolean;
}

export type Decision =
  | { readonly kind: "allow"; readonly client: Client; readonly area: "page" | "data" }
  /** The server's own sign-in form: show it, try a token, or end the sign-in. */
  | { readonly kind: "sign-in"; readonly client: Client; readonly action: "show" | "try" | "leave" }
  | ShareRequest
  | Refusal;

/** Something below a link to an investigation: whether its token is good is for others to say. */
export interface ShareRequest {
  readonly kind: "share";
  readonly client: Client;
  readonly area: "page" | "data";
  /** Undefined when it cannot be one. */
  readonly token: string | undefined;
  /** `try`: a passphrase is sent. */
  readonly action: "show" | "try";
}

export interface Refusal {
  readonly kind: "refuse";
  readonly client: Client;
  readonly failure: Failure<ErrorCode>;
  readonly headers: Readonly<Record<string, string>>;
  /** A person is waiting for a page, so the answer should be one. */
  readonly wantsPage: boolean;
  readonly isWrongToken: boolean;
  /** The page was opened by a link on another site, so the browser kept a strict cookie back. */
  readonly mayHaveSession: boolean;
}

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

const signInPath = "/sign-in";
const signOutPath = "/sign-out";

export function guard(request: GuardRequest, config: GuardConfig, facts: GuardFacts): Decision {
  const client = readClient(request, config);
  const path = readPath(request.url);
  const isRead = request.method === "GET" || request.method === "HEAD";
  const area = path !== undefined && isDataPath(path, config.basePath) ? "data" : "page";
  const isPage = area === "page" && isRead && !request.isUpgrade;
  const refuse = (failure: Failure<ErrorCode>, more: Partial<Refusal> = {}): Refusal => ({
    kind: "refuse",
    client,
    failure,
    headers: {},
    wantsPage: isPage && (header(request, "accept") ?? "").includes("text/html"),
    isWrongToken: false,
    mayHaveSession: false,
    ...more,
  });

  if (!methods.includes(request.method)) {
    const failure = { code: "method_not_allowed", message: "This method is not used here." } as const;
    return refuse(failure, { headers: { allow: methods.join(", ") } });
  }
  if (path === undefined) return refuse({ code: "bad_request", message: "The address cannot be read." });
  const host = askedHost(request, config);
  const isOwn = host !== undefined && isOwnName(host, config.bound, config.allowedHosts, client.isHttps);
  if (!isOwn) return refuse(hostRefusal(request, config));
  const foreign = foreignCaller(request, host, isPage);
  if (foreign) return refuse(foreign);

  const form = signInAction(path, request, config.basePath);
  if (form) return { kind: "sign-in", client, action: form };
  const share = shareRequest(request, client, config.basePath);
  if (share) return share;
  const isProgram = isRead && isProgramFile(request.url, config.basePath);
  if (config.token === undefined || isProgram) return { kind: "allow", client, area };
  return checkToken(request, config.token, client, facts, refuse) ?? { kind: "allow", client, area };
}

/** Undefined when the request carries the token or a sign-in. */
function checkToken(
  request: GuardRequest,
  token: string,
  client: Client,
  facts: GuardFacts,
  refuse: (failure: Failure<ErrorCode>, more?: Partial<Refusal>) => Refusal,
): Refusal | undefined {
  const sessions = cookieValues(header(request, "cookie"), sessionCookie);
  if (sessions.some((value) => isSession(value, token, facts.nowMs))) return undefined;
  const bearer = /^Bearer +(\S.*)$/i.exec(header(request, "authorization") ?? "")?.[1]?.trimEnd();
  const challenge = { "www-authenticate": 'Bearer realm="Eyepiece"' };
  if (bearer === undefined) {
    const failure = { code: "sign_in_needed", message: "This server asks for its token." } as const;
    const mayHaveSession = sessions.length === 0 && header(request, "sec-fetch-site") === "cross-site";
    return refuse(failure, { headers: challenge, mayHaveSession });
  }
  const seconds = facts.secondsBlocked(client.address);
  if (seconds > 0) return refuse(tooManyAttempts(seconds), { headers: { "retry-after": String(seconds) } });
  if (isToken(bearer, token)) return undefined;
  const failure = { code: "sign_in_needed", message: "The token is wrong." } as const;
  return refuse(failure, { headers: challenge, isWrongToken: true });
}

export function tooManyAttempts(seconds: number): Failure<ErrorCode> {
  const hint = `Try again in ${seconds} s.`;
  return { code: "too_many_attempts", message: "Too many wrong tries came from this address.", hint };
}

/**
 * A failure when a page of another site made the request. Such pages may send a person here by a
 * link, and nothing else. Requests without Origin and Sec-Fetch-Site come from tools, not pages.
 */
function foreignCaller(
  request: GuardRequest,
  host: HostName,
  isPage: boolean,
): Failure<ErrorCode> | undefined {
  const failure = { code: "origin_refused", message: "The request came from another web site." } as const;
  const origin = header(request, "origin");
  if (origin !== undefined && !isSameOrigin(origin, host)) return failure;
  const site = header(request, "sec-fetch-site");
  if (site === undefined || site === "same-origin" || site === "none") return undefined;
  const isLink =
    header(request, "sec-fetch-mode") === "navigate" && header(request, "sec-fetch-dest") === "document";
  return isPage && isLink ? undefined : failure;
}

function signInAction(
  path: string,
  request: GuardRequest,
  basePath: string,
): "show" | "try" | "leave" | undefined {
  const isPost = request.method === "POST";
  if (path === basePath + signOutPath && isPost) return "leave";
  if (path !== basePath + signInPath) return undefined;
  if (isPost) return "try";
  return request.method === "GET" || request.method === "HEAD" ? "show" : undefined;
}

/**
 * The address as it was sent, not decoded: nothing that means another address later can look like one of these. A wrong
 * method is left to the token.
 */
function shareRequest(
  { method, url }: GuardRequest,
  client: Client,
  basePath: string,
): ShareRequest | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? "";
  if (!path.startsWith(`${basePath}/`)) return undefined;
  const below = path.slice(basePath.length);
  const page = /^\/i\/([^/]*)$/.exec(below);
  const data = /^\/api\/v1\/shared\/([0-9a-f]{32})(?:\/pins\/[a-z0-9]{8,32}(?:\/picture)?)?$/.exec(below);
  const given = (page ?? data)?.[1];
  if (given === undefined) return undefined;
  const isRead = method === "GET" || method === "HEAD";
  if (!isRead && !(page && method === "POST")) return undefined;
  const token = /^[0-9a-f]{32}$/.test(given) ? given : undefined;
  return { kind: "share", client, area: page ? "page" : "data", token, action: isRead ? "show" : "try" };
}

/** Scripts, styles and the icon are the same for everybody and hold nothing of a capture: pages of visitors need them. */
function isProgramFile(url: string, basePath: string): boolean {
  const path = url.split(/[?#]/, 1)[0] ?? "";
  if (!path.startsWith(`${basePath}/`)) return false;
  return /^\/(?:_next\/static(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+|icon\.svg)$/.test(
    path.slice(basePath.length),
  );
}

function hostRefusal(request: GuardRequest, config: GuardConfig): Failure<ErrorCode> {
  const asked = (header(request, "host") ?? "").slice(0, 100);
  const hint = `Open http://localhost:${config.bound.port}${config.basePath}/ on the machine itself, or start the server with this name in EYEPIECE_ALLOWED_HOSTS.`;
  return { code: "host_refused", message: `This server does not answer to the name "${asked}".`, hint };
}

/** The name the client asked for; a trusted proxy says it in X-Forwarded-Host. */
function askedHost(request: GuardRequest, config: GuardConfig): HostName | undefined {
  const forwarded = config.trustProxy ? first(header(request, "x-forwarded-host")) : undefined;
  const text = forwarded ?? header(request, "host");
  return text === undefined ? undefined : parseHost(text);
}

function readClient(request: GuardRequest, config: GuardConfig): Client {
  if (!config.trustProxy) return { address: request.remoteAddress, isHttps: false };
  // Each proxy adds the address it was called from at the end; what stands before may be invented.
  const address = header(request, "x-forwarded-for")?.split(",").at(-1)?.trim();
  const isHttps = first(header(request, "x-forwarded-proto"))?.toLowerCase() === "https";
  return { address: address || request.remoteAddress, isHttps };
}

/** The decoded path, or undefined when the target is not a path or is wrongly encoded. */
function readPath(url: string): string | undefined {
  if (!url.startsWith("/")) return undefined;
  try {
    return decodeURIComponent(url.split(/[?#]/, 1)[0] ?? "").replaceAll(/[/\\]+/g, "/");
  } catch {
    return undefined;
  }
}

function isDataPath(path: string, basePath: string): boolean {
  return path === `${basePath}/api` || path.startsWith(`${basePath}/api/`);
}

function header(request: GuardRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" || value === undefined ? value : value.join(", ");
}

function first(text: string | undefined): string | undefined {
  return text?.split(",", 1)[0]?.trim() || undefined;
}
