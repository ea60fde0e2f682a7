/** Calls of the HTTP interface from the browser. Answers are trusted to have the shapes of lib/questions/answers. */

/** An answer that is not the one asked for: what happened and what to do next, in words for the reader. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly code: string,
    message: string,
    readonly hint: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** `path` begins behind `/api/v1`, its parts already encoded. Browser only. */
export function apiUrl(path: string, params?: URLSearchParams): string {
  return basePath() + apiPath(path, params);
}

/** Without where the program is mounted. */
export function apiPath(path: string, params?: URLSearchParams): string {
  const query = params === undefined || params.size === 0 ? "" : `?${params}`;
  return `/api/v1${path}${query}`;
}

/** Where the program is mounted; the server writes it on the root element. */
export function basePath(): string {
  return document.documentElement.dataset.base ?? "";
}

export function capturePath(captureId: string, rest = ""): string {
  return `/captures/${encodeURIComponent(captureId)}${rest}`;
}

/** Throws {@link ApiError}; an abort goes on as it is. */
export async function getJson<Answer>(
  path: string,
  options: { readonly params?: URLSearchParams; readonly signal?: AbortSignal } = {},
): Promise<Answer> {
  const response = await request(apiUrl(path, options.params), { signal: options.signal });
  return (await response.json()) as Answer;
}

export async function sendJson<Answer>(
  method: "POST" | "PATCH",
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await request(apiUrl(path), {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    }),
  });
  return (await response.json()) as Answer;
}

export async function sendDelete(path: string): Promise<void> {
  await request(apiUrl(path), { method: "DELETE" });
}

async function request(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachableServer();
  }
  if (!response.ok) throw toApiError(response.status, await response.text());
  return response;
}

export function unreachableServer(): ApiError {
  return new ApiError(
    "unreachable",
    "The server does not answer.",
    "Check that Eyepiece is still running, then try again.",
    0,
  );
}

/** Reads the one error shape; anything else (a proxy's page, say) becomes a sentence with the status. */
export function toApiError(status: number, body: string): ApiError {
  const error = errorMember(body);
  const text = (name: string) => {
    const value = error?.[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  return new ApiError(
    text("code") ?? "internal",
    text("message") ?? `The server answered with status ${status}.`,
    text("hint") ?? "Try again; if it happens again, the server's log says more.",
    status,
  );
}

function errorMember(body: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (!isRecord(parsed) || !isRecord(parsed.error)) return undefined;
    return parsed.error;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
