/**
 * A client of the HTTP interface (docs/interface.md), on Node's own http: uploads may take hours, and the file
 * is read only as fast as the server takes it.
 */
import http, { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import https from "node:https";
import { type Readable, Transform } from "node:stream";
import { z } from "zod";
import { type Failure, fail, ok, type Result } from "@/lib/base/result";
import { fileReportSchema } from "@/lib/capture/files";
import {
  type CaptureInfo,
  captureSchema,
  type FileReport,
  progressEventSchema,
} from "@/lib/questions/answers";
import { ProgressFeed } from "./progress-feed";

/** Looser than the server's own schema: a newer server may know more codes. */
const failureSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});

/** Short calls answer within this; uploads have no bound. */
const ANSWER_MS = 60_000;
/** No answer of ours is longer, apart from lists that this client does not ask for. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

export class Client {
  /** With a slash at the end. */
  readonly address: string;

  constructor(
    address: string,
    private readonly token: string | undefined,
  ) {
    this.address = address.endsWith("/") ? address : `${address}/`;
  }

  /** Codes: `server_unreachable`, `not_eyepiece`, and those of the interface such as `sign_in_needed`. */
  async health(): Promise<Result<undefined>> {
    const answer = await this.ask("GET", "health", z.object({ status: z.string() }), { waitMs: 5000 });
    if (!answer.ok) return answer;
    if (answer.value.status === "ok") return ok(undefined);
    return fail(
      "stopping",
      `The server at ${this.address} is shutting down.`,
      "Try again when it has started.",
    );
  }

  createCapture(name: string): Promise<Result<CaptureInfo>> {
    return this.ask("POST", "captures", captureSchema, { body: { name } });
  }

  capture(captureId: string): Promise<Result<CaptureInfo>> {
    return this.ask("GET", `captures/${encodeURIComponent(captureId)}`, captureSchema);
  }

  /** What became of a file so far. */
  async fileReport(captureId: string, fileId: number): Promise<Result<FileReport>> {
    const answer = await this.ask("GET", `captures/${captureId}/files/${fileId}`, fileReportSchema);
    if (answer.ok || answer.failure.code !== "file_not_found") return answer;
    return fail("file_not_found", "The file was removed from the capture while it was read.");
  }

  /** Progress of the capture's files, until closed. */
  follow(captureId: string): ProgressFeed {
    return new ProgressFeed(
      () => this.open("GET", `captures/${captureId}/progress`, { accept: "text/event-stream" }),
      (text) => progressEventSchema.parse(JSON.parse(text)),
    );
  }

  /**
   * Sends a file; answers when its last byte has arrived. `onSent` hears how many bytes have left so far.
   *
   * Codes: `read_failed` (this end), `server_lost`, and those of the interface.
   */
  upload(
    captureId: string,
    file: { readonly name: string; readonly bytes: number | undefined; readonly body: Readable },
    onSent: (bytes: number) => void,
  ): Promise<Result<FileReport>> {
    const path = `captures/${captureId}/files/${encodeURIComponent(file.name)}`;
    const headers = {
      "content-type": "application/octet-stream",
      ...(file.bytes === undefined ? {} : { "content-length": file.bytes }),
    };
    const request = this.open("PUT", path, headers);
    return new Promise((resolve) => {
      const end = (result: Result<FileReport>) => {
        resolve(result);
        file.body.destroy();
        request.destroy();
      };
      const readFailed = (error: Error) =>
        end(fail("read_failed", `${file.name} could not be read to its end: ${error.message}.`));
      // The server may refuse in the middle of a file: then the rest is not sent.
      request.once("response", (response) => {
        readAnswer(response, fileReportSchema, this.address).then(end, (error) => end(this.lost(error)));
      });
      request.once("error", (error) => end(this.lost(error)));
      file.body.once("error", readFailed);
      const counting = countBytes(file.bytes, onSent).once("error", readFailed);
      file.body.pipe(counting).pipe(request);
    });
  }

  private lost(error: unknown): Result<never> {
    return fail(
      "server_lost",
      `The connection to ${this.address} broke: ${reason(error)}.`,
      "Nothing of this file was kept. Send it again.",
    );
  }

  private ask<T>(
    method: string,
    path: string,
    schema: z.ZodType<T>,
    { body, waitMs = ANSWER_MS }: { readonly body?: unknown; readonly waitMs?: number } = {},
  ): Promise<Result<T>> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const request = this.open(method, path, text === undefined ? {} : { "content-type": "application/json" });
    return new Promise((resolve) => {
      const unreachable = (error: unknown) => resolve(this.unreachable(error));
      request.setTimeout(waitMs, () => request.destroy(new Error(`no answer within ${waitMs / 1000} s`)));
      request.once("error", unreachable);
      request.once("response", (response) =>
        readAnswer(response, schema, this.address).then(resolve, unreachable),
      );
      request.end(text);
    });
  }

  private unreachable(error: unknown): Result<never> {
    return fail(
      "server_unreachable",
      `No server answers at ${this.address} (${reason(error)}).`,
      "Start one with npm start, or give its address with --url or EYEPIECE_URL.",
    );
  }

  private open(method: string, path: string, headers: OutgoingHttpHeaders): ClientRequest {
    const url = new URL(`api/v1/${path}`, this.address);
    const { request } = url.protocol === "https:" ? https : http;
    return request(url, {
      method,
      // A connection of its own, closed afterwards: the command ends when its work does.
      agent: false,
      headers: {
        ...headers,
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
      },
    });
  }
}

/** Fails when the bytes are not as many as were announced: the server would wait for the rest. */
function countBytes(expected: number | undefined, onSent: (bytes: number) => void): Transform {
  let sent = 0;
  return new Transform({
    transform(bytes: Buffer, _encoding, done) {
      sent += bytes.length;
      onSent(sent);
      done(null, bytes);
    },
    flush(done) {
      const isShort = expected !== undefined && sent < expected;
      done(isShort ? new Error("it became shorter while it was read") : null);
    },
  });
}

async function readAnswer<T>(
  response: IncomingMessage,
  schema: z.ZodType<T>,
  address: string,
): Promise<Result<T>> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response) {
    const bytes = Buffer.from(part);
    length += bytes.length;
    if (length > LONGEST_ANSWER) throw new Error("the answer has no end");
    parts.push(bytes);
  }
  const status = response.statusCode ?? 0;
  const body = parseJson(Buffer.concat(parts).toString("utf8"));
  const failed = failureSchema.safeParse(body);
  if (failed.success) return { ok: false, failure: toFailure(failed.data.error) };
  const answer = status >= 200 && status < 300 ? schema.safeParse(body) : undefined;
  if (answer?.success) return ok(answer.data);
  return fail(
    "not_eyepiece",
    `What answers at ${address} is not this version of Eyepiece (status ${status}).`,
    "Check the address; behind a reverse proxy it needs the path as well.",
  );
}

/** The server's hint speaks of headers; whoever types a command sets a variable. */
function toFailure(error: z.infer<typeof failureSchema>["error"]): Failure {
  if (error.code !== "sign_in_needed") return error;
  return { ...error, hint: "Put the server's token into EYEPIECE_TOKEN." };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reason(error: unknown): string {
  // Several addresses were tried (::1 and 127.0.0.1): the last reason is as good as any.
  const one = error instanceof AggregateError ? error.errors.at(-1) : error;
  return one instanceof Error ? one.message : String(one);
}
