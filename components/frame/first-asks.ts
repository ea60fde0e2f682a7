/** What the views ask for first: the server tells a browser before it has any code of ours (app/ask-ahead.ts). */

import { decodeScope, encodeScope, type Scope } from "@/lib/scope/link";

/** Numbers of the scope, without rows. */
export function totalParams(query: string): URLSearchParams {
  const params = new URLSearchParams(query);
  params.set("limit", "0");
  return params;
}

/** Parameters of an API call; two equal scopes have equal text. */
export function scopeQuery(scope: Scope): string {
  return encodeScope(scope).toString();
}

/** The same of a page's own address; undefined where no scope can be read from it. */
export function queryOf(params: URLSearchParams): string | undefined {
  const { scope } = decodeScope(params);
  return scope && scopeQuery(scope);
}
