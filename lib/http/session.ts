/**
 * The token and the signed cookie that stands for it in a browser.
 *
 * The cookie holds only the time when it ends, signed with a key made from the token: nothing is
 * stored on the server, and changing the token ends every sign-in.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

export const sessionCookie = "eyepiece_session";
const sessionSeconds = 30 * 24 * 3600;

/** Compares in a time that tells nothing about where the texts differ, nor about their lengths. */
export function isToken(given: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

/** The value of a session cookie that ends `sessionSeconds` after `nowMs`. */
export function signSession(token: string, nowMs: number): string {
  const end = `v1.${nowMs + sessionSeconds * 1000}`;
  return `${end}.${signature(end, token)}`;
}

export function isSession(value: string, token: string, nowMs: number): boolean {
  const match = /^(v1\.(\d{1,15}))\.([\w-]{43})$/.exec(value);
  if (!match?.[1] || !match[2] || !match[3]) return false;
  return isToken(match[3], signature(match[1], token)) && Number(match[2]) > nowMs;
}

/** All values of one cookie: a browser sends several when paths overlap. */
export function cookieValues(header: string | undefined, name: string): string[] {
  return (header ?? "").split(";").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
}

interface CookieScope {
  readonly basePath: string;
  readonly isHttps: boolean;
}

export function sessionCookieHeader(value: string, { basePath, isHttps }: CookieScope): string {
  const age = value === "" ? 0 : sessionSeconds;
  const secure = isHttps ? "; Secure" : "";
  return `${sessionCookie}=${value}; Path=${basePath || "/"}; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`;
}

function signature(text: string, token: string): string {
  const key = createHmac("sha256", token).update("eyepiece session key").digest();
  return createHmac("sha256", key).update(text).digest("base64url");
}
