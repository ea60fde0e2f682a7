/**
 * What stands before the pages and calls of a share: its token, its passphrase, and how often somebody may try.
 *
 * Routes learn from one header which share was let in, and trust nothing else.
 */

import type { IncomingMessage } from "node:http";
import type { Failure } from "@/lib/base/result";
import { createAttempts } from "@/lib/http/attempts";
import type { ErrorCode } from "@/lib/http/errors";
import { type ShareRequest, tooManyAttempts } from "@/lib/http/guard";
import { sharePassHeader } from "@/lib/http/share-cookie";
import type { Shares, Visitor } from "./shares";

/** Set by the front only; what a client sends under this name is removed. */
export const SHARE_HEADER = "x-eyepiece-share";

/** All that a visitor's page needs. Everything else could only ask for something else. */
const VISITOR_HEADERS: ReadonlySet<string> = new Set([
  "host",
  "connection",
  "accept",
  "accept-encoding",
  "accept-language",
  "cookie",
  "user-agent",
]);

/** Wrong tries of all addresses together that one share bears. */
const TRIES_OF_A_SHARE = { limit: 100, windowMs: 5 * 60_000, maxAddresses: 1000 };
/** Requests of one address to all links: the longest case is read with some two hundred. */
const REQUESTS_OF_AN_ADDRESS = { limit: 1000, windowMs: 60_000, maxAddresses: 10_000 };

export type ShareAnswer =
  | { readonly kind: "in"; readonly shareId: string }
  | { readonly kind: "ask"; readonly problem?: string }
  /** The passphrase was right: the same address again, with the cookie. */
  | { readonly kind: "reload"; readonly cookie: string | undefined }
  | Refused;

interface Refused {
  readonly kind: "refused";
  readonly failure: Failure<ErrorCode>;
  /** Until somebody may try again. */
  readonly seconds?: number;
}

export interface ShareFront {
  /** `form`: what was sent with it, when a passphrase is tried. */
  answer(
    asked: ShareRequest,
    request: Pick<IncomingMessage, "headers">,
    form: URLSearchParams | undefined,
  ): Promise<ShareAnswer>;
}

interface ShareFrontOptions {
  readonly shares: Pick<Shares, "admit" | "tryPassphrase">;
  readonly basePath: string;
  readonly now: () => number;
}

export function createShareFront({ shares, basePath, now }: ShareFrontOptions): ShareFront {
  const byAddress = createAttempts();
  const byShare = createAttempts(TRIES_OF_A_SHARE);
  const requests = createAttempts(REQUESTS_OF_AN_ADDRESS);

  function blocked(address: string, shareId = ""): Refused | undefined {
    const seconds = Math.max(
      byAddress.secondsBlocked(address, now()),
      byShare.secondsBlocked(shareId, now()),
    );
    return seconds > 0 ? { kind: "refused", failure: tooManyAttempts(seconds), seconds } : undefined;
  }

  return {
    async answer({ token, action, client }, request, form) {
      const { address } = client;
      const stop = blocked(address);
      if (stop !== undefined) return stop;
      const pause = requests.secondsBlocked(address, now());
      if (pause > 0) return { kind: "refused", failure: tooManyRequests(pause), seconds: pause };
      requests.failed(address, now());
      const { headers } = request;
      const visitor: Visitor = { address, agent: headers["user-agent"] ?? "", cookies: headers.cookie };
      const admission = await shares.admit(token, visitor);
      if (!admission.ok) {
        if (admission.failure.code === "share_not_found") byAddress.failed(address, now());
        return { kind: "refused", failure: admission.failure };
      }
      const share = admission.value;
      if (share.kind === "in") return action === "try" ? { kind: "reload", cookie: undefined } : share;
      if (action === "show") return { kind: "ask" };
      const tried = blocked(address, share.shareId);
      if (tried !== undefined) return tried;
      // Before it is known to be wrong: many at once are not more tries than one after the other.
      byAddress.failed(address, now());
      byShare.failed(share.shareId, now());
      if (!(await shares.tryPassphrase(share, form?.get("passphrase") ?? "", visitor)))
        return { kind: "ask", problem: "The passphrase is wrong." };
      byAddress.succeeded(address);
      const pass = { shareId: share.shareId, passphrase: share.kept };
      return { kind: "reload", cookie: sharePassHeader(pass, now(), { basePath, isHttps: client.isHttps }) };
    },
  };
}

function tooManyRequests(seconds: number): Failure<ErrorCode> {
  const message = "Too many requests for shared links came from this address.";
  return { code: "too_many_attempts", message, hint: `Try again in ${seconds} s.` };
}

/** Leaves of a visitor's request what the page needs, and says which share it is for. */
export function narrowToShare(request: IncomingMessage, shareId: string): void {
  for (const name of Object.keys(request.headers))
    if (!VISITOR_HEADERS.has(name)) delete request.headers[name];
  request.headers[SHARE_HEADER] = shareId;
  request.url = (request.url ?? "/").split(/[?#]/, 1)[0];
}
