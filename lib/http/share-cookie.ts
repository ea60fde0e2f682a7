/**
 * What a browser keeps when the passphrase of a share was right: the time when that ends, signed with a key made
 * from what is kept of the passphrase. Nothing is stored, and another passphrase ends it.
 */
import { createHmac } from "node:crypto";
import { cookieValues, isToken } from "./session";

export const shareSeconds = 12 * 3600;

interface SharePass {
  readonly shareId: string;
  /** As kept: lib/http/passphrase.ts. */
  readonly passphrase: string;
}

/** One cookie for each share, so that several can be open. */
function nameOf(shareId: string): string {
  return `eyepiece_share_${shareId}`;
}

function signature(end: string, { shareId, passphrase }: SharePass): string {
  return createHmac("sha256", passphrase).update(`eyepiece share ${shareId} ${end}`).digest("base64url");
}

interface CookieScope {
  readonly basePath: string;
  readonly isHttps: boolean;
}

/** Lax and not strict: the link is opened from a mail. It lets nobody do anything but read. */
export function sharePassHeader(pass: SharePass, nowMs: number, { basePath, isHttps }: CookieScope): string {
  const end = String(nowMs + shareSeconds * 1000);
  const secure = isHttps ? "; Secure" : "";
  return `${nameOf(pass.shareId)}=${end}.${signature(end, pass)}; Path=${basePath || "/"}; Max-Age=${shareSeconds}; HttpOnly; SameSite=Lax${secure}`;
}

export function hasSharePass(cookies: string | undefined, pass: SharePass, nowMs: number): boolean {
  return cookieValues(cookies, nameOf(pass.shareId)).some((value) => {
    const match = /^(\d{1,15})\.([\w-]{43})$/.exec(value);
    if (!match?.[1] || !match[2]) return false;
    return isToken(match[2], signature(match[1], pass)) && Number(match[1]) > nowMs;
  });
}
