/**
 * What HTTP headers say about an exchange.
 *
 * With `hubble.redact` on, a header's value can read HUBBLE_REDACTED: that is no value, and two records with it
 * have nothing in common. Source: Cilium 1.19.4, `pkg/hubble/parser/seven/http.go`; gRPC over HTTP/2 (gRPC
 * project, `doc/PROTOCOL-HTTP2.md`).
 */

import { hash64 } from "@/lib/base/hash";
import type { Layer7 } from "./flow";

type Http = NonNullable<Layer7["http"]>;

/** What Hubble writes in place of a value. */
export const REDACTED = "HUBBLE_REDACTED";

/** The first value of a header, by its name in lower case; undefined where it is missing or redacted. */
export function headerOf(http: Http | undefined, name: string): string | undefined {
  for (const { key, value } of http?.headers ?? []) {
    if (key.length === name.length && key.toLowerCase() === name)
      return value.includes(REDACTED) ? undefined : value;
  }
  return undefined;
}

/** True or false where a content type says it; else undefined. */
export function isGrpc(http: Http | undefined): boolean | undefined {
  const type = headerOf(http, "content-type")?.trim().toLowerCase();
  if (type === undefined || type === "") return undefined;
  return /^application\/grpc($|[+;])/.test(type);
}

/** The gRPC status of a response whose headers hold it (most send it as a trailer, which Hubble does not see). */
export function grpcStatus(http: Http | undefined): number | undefined {
  const status = headerOf(http, "grpc-status")?.trim();
  return status !== undefined && /^\d{1,3}$/.test(status) ? Number(status) : undefined;
}

/** What stands in the store for a header with exactly this name and value, where the value is not kept as a text. */
export function headerHash(name: string, value: string): bigint {
  return hash64(JSON.stringify([name, value]));
}
