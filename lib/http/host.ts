/**
 * Which names this server answers to.
 *
 * A page on the internet can give its own name an address on this machine (DNS rebinding) and would
 * then be "same origin" with us. The browser still sends that page's name as `Host`, so only names
 * known beforehand are answered. An address written as digits cannot be rebound.
 */
import { isIP } from "node:net";

export interface HostName {
  /** Lower case, IPv6 without brackets, no final dot. */
  readonly name: string;
  readonly port: number | undefined;
}

export interface BoundAddress {
  /** What the server listens on: a name, an address, or all addresses (`0.0.0.0`, `::`). */
  readonly host: string;
  readonly port: number;
}

/** Reads `name`, `name:port`, `[v6]` or `[v6]:port`; undefined when it is none of these. */
export function parseHost(text: string): HostName | undefined {
  const match =
    /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)\.?)(?::(\d{1,5}))?$/.exec(text);
  const name = match?.[1] ?? match?.[2];
  if (name === undefined) return undefined;
  if (match?.[1] !== undefined && isIP(name) !== 6) return undefined;
  const port = match?.[3] === undefined ? undefined : Number(match[3]);
  return port !== undefined && port > 65535 ? undefined : { name: name.toLowerCase(), port };
}

/** localhost, 127.0.0.0/8 and ::1. */
export function isLoopback(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === "localhost" || lower === "::1" || (isIP(lower) === 4 && lower.startsWith("127."));
}

export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/**
 * `extra` are the names the operator allowed: one without a port is good with any. Our own names
 * need the port in use; a request without a port means 80 (or 443 when a proxy speaks TLS for us).
 */
export function isOwnName(
  asked: HostName,
  bound: BoundAddress,
  extra: readonly HostName[],
  isHttps: boolean,
): boolean {
  const port = asked.port ?? (isHttps ? 443 : 80);
  if (extra.some((host) => host.name === asked.name && (host.port === undefined || host.port === port)))
    return true;
  if (port !== bound.port) return false;
  if (isLoopback(asked.name) || asked.name === bound.host.toLowerCase()) return true;
  return isWildcard(bound.host) && isIP(asked.name) !== 0;
}

/** `origin` is what a browser sends: scheme, name and port. True when it is the page at `asked`. */
export function isSameOrigin(origin: string, asked: HostName): boolean {
  const match = /^(https?):\/\/([^/?#@]+)$/.exec(origin);
  const host = match?.[2] === undefined ? undefined : parseHost(match[2]);
  if (host === undefined) return false;
  // The scheme is the browser's to know: behind a proxy we are asked by http for an https page.
  const usual = match?.[1] === "https" ? 443 : 80;
  return host.name === asked.name && (host.port ?? usual) === (asked.port ?? usual);
}
