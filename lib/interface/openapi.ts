/** The interface as an OpenAPI 3.1 document, made from the rows. */

import { z } from "zod";
import { type ErrorCode, errorKinds, errorReplySchema } from "@/lib/http/errors";
import { ANYWHERE, type AnswerKind, type Call } from "./call";
import { CALLS } from "./calls";

type Json = Readonly<Record<string, unknown>>;

/** The document. Its schemas are JSON Schema 2020-12, as 3.1 wants them. */
export function describeInterface(): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, call] of Object.entries<Call>(CALLS)) {
    const methods = paths[call.address] ?? {};
    methods[call.method.toLowerCase()] = describeCall(name, call);
    paths[call.address] = methods;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Eyepiece",
      version: "1",
      description:
        "Questions about exported flow logs. Times are RFC 3339; fields ending in Ns are decimal text.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/api/v1" }],
    security: [{}, { token: [] }],
    paths,
    components: {
      schemas: { Error: toJson(errorReplySchema, "output") },
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
    },
  };
}

function describeCall(name: string, call: Call): Json {
  return {
    operationId: name,
    summary: `${call.does}.`,
    parameters: [...describeParameters(call.path, "path"), ...describeParameters(call.query, "query")],
    ...(call.body !== undefined && { requestBody: describeBody(call.body) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(call.answers).map(([status, kind]) => [status, describeAnswer(kind)]),
      ),
      ...describeFailures([...ANYWHERE, ...call.errors]),
    },
  };
}

function describeParameters(schema: z.ZodObject, where: "path" | "query"): Json[] {
  const described = z.object({
    properties: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  });
  const { properties } = described.parse(toJson(schema, "input"));
  const optional = (name: string): boolean => schema.shape[name]?.safeParse(undefined).success ?? true;
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: where === "path" || !optional(name),
    ...(description !== undefined && { description }),
    schema: rest,
  }));
}

function describeBody(body: z.ZodType | "raw"): Json {
  const content =
    body === "raw"
      ? { "application/octet-stream": { schema: {} } }
      : { "application/json": { schema: toJson(body, "input") } };
  return { required: true, content };
}

function describeAnswer(answer: AnswerKind): Json {
  const description = answer.says;
  switch (answer.kind) {
    case "json":
      return { description, content: { "application/json": { schema: toJson(answer.schema, "output") } } };
    case "events":
      return { description, content: { "text/event-stream": { schema: toJson(answer.schema, "output") } } };
    case "empty":
      return { description };
    default:
      return { description, content: Object.fromEntries(answer.types.map((type) => [type, { schema: {} }])) };
  }
}

/** One response per status; its description names the codes that can stand in it. */
function describeFailures(codes: readonly ErrorCode[]): Record<string, Json> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const { status } = errorKinds[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const schema = { $ref: "#/components/schemas/Error" };
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => [
      status,
      { description: those.join(", "), content: { "application/json": { schema } } },
    ]),
  );
}

/** Without what JSON Schema cannot say: such a rule is checked by the server all the same. */
function toJson(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _always, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return json;
}
