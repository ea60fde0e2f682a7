/**
 * What all routes share: what is asked passes the schemas of the call's row once, failures leave in one shape.
 *
 * A route file consists of `export const { GET, POST, PUT, PATCH, DELETE } = routes(...)`.
 */

import { Readable } from "node:stream";
import type { z } from "zod";
import { engine } from "@/bin/engine-slot";
import { fail, type Result } from "@/lib/base/result";
import { type ErrorCode, errorKinds } from "@/lib/http/errors";
import { failure, json, jsonText } from "@/lib/http/respond";
import type { AnswerKind, Call, Method } from "@/lib/interface/call";
import { differenceFrom } from "@/lib/interface/check-answer";
import { readSent } from "@/lib/interface/refusals";
import type { Ask, QuestionName } from "@/lib/questions/questions";

interface AnyFailure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** As Next gives it: the parts of the address, decoded; none where the address has none. */
interface Route {
  readonly params: Promise<Record<string, string> | undefined>;
}

type Handler = (request: Request, route: Route) => Promise<Response>;

/** What was asked, read by the call's schemas. */
export interface Given<C extends Call> {
  readonly request: Request;
  readonly path: z.output<C["path"]>;
  readonly query: z.output<C["query"]>;
  readonly body: C["body"] extends z.ZodType ? z.output<C["body"]> : undefined;
  /** The answer of the call, by default with its first status. */
  answer(result: Result<unknown, AnyFailure>, status?: number): Response;
}

interface Handled {
  readonly call: Call;
  readonly handler: Handler;
}

/** All methods of an address: those of its calls, and a refusal for the others. */
export function routes(...handled: readonly Handled[]): Readonly<Record<Method, Handler>> {
  const allow = handled.map(({ call }) => call.method).join(", ");
  const refuse: Handler = async () =>
    failure({ code: "method_not_allowed", message: `This call takes ${allow}.` }, { allow });
  const methods = { GET: refuse, POST: refuse, PUT: refuse, PATCH: refuse, DELETE: refuse };
  for (const { call, handler } of handled) methods[call.method] = handler;
  return methods;
}

/** A call whose work is in the route. */
export function handle<C extends Call>(call: C, work: (given: Given<C>) => Promise<Response>): Handled {
  const handler: Handler = async (request, route) => {
    try {
      const given = await read(call, request, route);
      return given.ok ? await work(given.value) : failed(given.failure);
    } catch (error) {
      return failed({
        code: "internal",
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  };
  return { call, handler };
}

/** A call that is a question to a capture, answered in a reader thread. */
export function asks<
  C extends Call<z.ZodObject, z.ZodObject<{ captureId: z.ZodString }>>,
  Name extends QuestionName,
>(call: C, question: Name, toAsk: (given: Given<C>) => Ask<Name>): Handled {
  return handle(call, async (given) => {
    const { captureId } = given.path as { readonly captureId: string };
    const ask = toAsk(given);
    const answer = await engine().keptAnswers.answer(captureId, question, ask, async () => {
      const result = await engine().ask(captureId, question, ask, given.request.signal);
      if (result.ok) check(call.answers[200], result.value);
      return result;
    });
    return answer.ok ? jsonText(answer.value) : failed(answer.failure);
  });
}

async function read<C extends Call>(
  call: C,
  request: Request,
  { params }: Route,
): Promise<Result<Given<C>, AnyFailure>> {
  const path = readPath(call, (await params) ?? {});
  if (!path.ok) return path;
  const query = readQuery(request, call.query);
  if (!query.ok) return query;
  const body = typeof call.body === "object" ? await readBody(request, call.body) : undefined;
  if (body !== undefined && !body.ok) return body;
  const [first] = Object.keys(call.answers);
  return {
    ok: true,
    value: {
      request,
      path: path.value as z.output<C["path"]>,
      query: query.value as z.output<C["query"]>,
      body: body?.value as Given<C>["body"],
      answer: (result, status = Number(first)) =>
        result.ok ? answered(call.answers[status], result.value, status) : failed(result.failure),
    },
  };
}

function answered(kind: AnswerKind | undefined, value: unknown, status: number): Response {
  if (kind === undefined) throw new Error(`the call has no answer ${status}`);
  if (kind.kind === "empty") return new Response(null, { status });
  if (kind.kind !== "json") throw new Error(`answers of kind ${kind.kind} are made by the route`);
  check(kind, value);
  return json(value, { status });
}

/** Under test only: it would cost more than many questions do. */
function check(kind: AnswerKind | undefined, value: unknown): void {
  if (process.env.EYEPIECE_CHECK_ANSWERS !== "1" || kind?.kind !== "json") return;
  const difference = differenceFrom(kind.schema, value);
  if (difference !== undefined) throw new Error(`the answer is not what its row says: ${difference}`);
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

/** An id that cannot be one of ours names nothing. */
function readPath(call: Call, params: Record<string, string>): Result<unknown, AnyFailure> {
  const parsed = call.path.safeParse(params);
  if (parsed.success) return { ok: true, value: parsed.data };
  const isWrong = (name: string): boolean => parsed.error.issues.some(({ path }) => path[0] === name);
  if (isWrong("captureId"))
    return fail("capture_not_found", "There is no such capture.", "It may have been deleted.");
  if (isWrong("causeId")) return fail("cause_not_found", "There is no such cause.");
  return readSent("path", call.path, params);
}

/** Unknown parameters are refused, so that a typo never widens a view; repeated ones too: which was meant is not known. */
function readQuery(request: Request, schema: z.ZodObject): Result<unknown, AnyFailure> {
  const { searchParams } = new URL(request.url);
  for (const name of searchParams.keys()) {
    if (searchParams.getAll(name).length > 1)
      return fail("bad_request", `\`${name}\` stands more than once.`);
  }
  return readSent("query", schema, Object.fromEntries(searchParams));
}

/** A case is sent whole: its notes and all of its pins with theirs. */
const LARGEST_BODY = 4 * 1024 * 1024;

/** The JSON body of a request by a schema. */
async function readBody(request: Request, schema: z.ZodType): Promise<Result<unknown, AnyFailure>> {
  if (Number(request.headers.get("content-length") ?? 0) > LARGEST_BODY)
    return fail("too_large", "The request's body is too long.");
  let body: unknown;
  try {
    body = JSON.parse((await request.text()).slice(0, LARGEST_BODY));
  } catch {
    return fail("bad_request", "The request's body is not JSON.");
  }
  return readSent("body", schema, body);
}

/** What a request says of the length of its body. */
export function expectedBytes(request: Request): number | null {
  const length = request.headers.get("content-length");
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

/** A file for the disk of whoever asks, as it is now. `fileName` is safe in a header. */
export function download(body: Readable, size: number, type: string, fileName: string): Response {
  return new Response(Readable.toWeb(body) as ReadableStream<Uint8Array>, {
    headers: {
      "content-type": type,
      "content-length": String(size),
      "content-disposition": `attachment; filename="${fileName}"`,
      "cache-control": "no-store",
    },
  });
}

/** A name that is safe as that of a file, everywhere and in a header. */
export function fileNameOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "");
  return plain.slice(0, 80) || "capture";
}
