/** What all routes share: parameters through one schema, failures in one shape. */

import { z } from "zod";
import { engine } from "@/bin/engine-slot";
import { fail, type Result } from "@/lib/base/result";
import { type ErrorCode, errorKinds } from "@/lib/http/errors";
import { failure, json } from "@/lib/http/respond";
import type { QuestionFailure } from "@/lib/questions/failure";
import type { Ask, QuestionName } from "@/lib/questions/questions";

export interface CaptureRoute {
  readonly params: Promise<{ captureId: string }>;
}

interface AnyFailure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Codes outside the table are bugs of ours: the reader gets "internal", the log gets the sentence. */
export function failed({ code, message, hint, details }: AnyFailure): Response {
  if (code === "internal" || !isErrorCode(code)) {
    const id = crypto.randomUUID();
    console.error(`request failed id=${id} code=${code}\n${message}`);
    return failure({ code: "internal", message: "Something went wrong in Eyepiece.", details: { id } });
  }
  return failure({ code, message, hint, details });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorKinds, code);
}

export function answered<T>(result: Result<T, AnyFailure>, status = 200): Response {
  return result.ok ? json(result.value, { status }) : failed(result.failure);
}

/** The parameters of every question over flows. Repeated ones are refused: which one was meant is not known. */
export const scopeParameters = z.object({
  q: z.string().max(10_000).optional(),
  from: z.string().max(100).optional(),
  to: z.string().max(100).optional(),
  revision: z.string().max(20).optional(),
});

/** The query of a request by a schema of texts. Unknown parameters are refused, so that a typo never widens a view. */
export function readQuery<Shape extends z.ZodRawShape>(
  request: Request,
  schema: z.ZodObject<Shape>,
): Result<z.output<z.ZodObject<Shape>>, AnyFailure> {
  const { searchParams } = new URL(request.url);
  for (const name of searchParams.keys()) {
    if (searchParams.getAll(name).length > 1)
      return fail("bad_request", `\`${name}\` stands more than once.`);
  }
  const parsed = schema.strict().safeParse(Object.fromEntries(searchParams));
  if (parsed.success) return { ok: true, value: parsed.data };
  return fail("bad_request", describe(parsed.error));
}

/** The JSON body of a request by a schema; at most 64 KiB. */
export async function readBody<T>(request: Request, schema: z.ZodType<T>): Promise<Result<T, AnyFailure>> {
  if (Number(request.headers.get("content-length") ?? 0) > 65_536)
    return fail("too_large", "The request's body is too long.");
  let body: unknown;
  try {
    body = JSON.parse((await request.text()).slice(0, 65_536));
  } catch {
    return fail("bad_request", "The request's body is not JSON.");
  }
  const parsed = schema.safeParse(body);
  return parsed.success ? { ok: true, value: parsed.data } : fail("bad_request", describe(parsed.error));
}

function describe(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message))
    .join("; ");
}

/** The capture's id, if there can be such a capture at all. */
export async function readCaptureId(route: CaptureRoute): Promise<Result<string, QuestionFailure>> {
  const { captureId } = await route.params;
  if (engine().captures.isCaptureId(captureId)) return { ok: true, value: captureId };
  return fail("capture_not_found", "There is no such capture.", "It may have been deleted.");
}

/** Asks a question over the route's capture and answers with what it gave. */
export async function askCapture<Name extends QuestionName>(
  request: Request,
  route: CaptureRoute,
  question: Name,
  ask: Ask<Name>,
): Promise<Response> {
  const captureId = await readCaptureId(route);
  if (!captureId.ok) return failed(captureId.failure);
  return answered(await engine().ask(captureId.value, question, ask, request.signal));
}

export const captureName = z.object({ name: z.string().trim().min(1, "a name is needed").max(200) });

/** For the methods that a route does not have: the one error shape, and which there are. */
export function notAllowed(allow: string): () => Response {
  return () => failure({ code: "method_not_allowed", message: `This call takes ${allow}.` }, { allow });
}
