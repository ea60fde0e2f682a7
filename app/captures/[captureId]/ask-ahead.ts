/**
 * What a page asks for first is on its way together with its code, not behind it: its addresses are named in the page's head, and
 * the browser gives the answers to the calls that ask for exactly these.
 */

import { headers } from "next/headers";
import { preload } from "react-dom";
import { apiPath, capturePath } from "@/components/frame/api";
import { queryOf, totalParams } from "@/components/frame/first-asks";

export type SearchParams = Promise<Readonly<Record<string, string | readonly string[] | undefined>>>;

/** What stands behind the question mark, repetitions included. */
export async function paramsOf(searchParams: SearchParams): Promise<URLSearchParams> {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(await searchParams))
    for (const one of [value ?? []].flat()) params.append(name, one);
  return params;
}

/**
 * The capture, the numbers of its scope, and the view's own calls: their addresses below the capture's, with their parameters. Only
 * for a page that is opened: one that is gone to from another may have its answers already.
 */
export async function askAhead(
  captureId: string,
  params: URLSearchParams,
  own: (query: string) => readonly (readonly [path: string, params: URLSearchParams])[],
): Promise<void> {
  if ((await headers()).get("sec-fetch-dest") !== "document") return;
  const query = queryOf(params);
  if (query === undefined) return;
  const base = (process.env.EYEPIECE_BASE_PATH ?? "").trim().replace(/\/$/, "");
  const calls = [["", undefined] as const, ...own(query), ["/flows", totalParams(query)] as const];
  for (const [path, asked] of calls)
    preload(base + apiPath(capturePath(captureId, path), asked), { as: "fetch", crossOrigin: "anonymous" });
}
