import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { errorKinds } from "@/lib/http/errors";
import { ANYWHERE, type Call } from "./call";
import { CALLS } from "./calls";
import { differenceFrom } from "./check-answer";
import { describeInterface } from "./openapi";

const root = path.resolve(import.meta.dirname, "../..");
const folder = path.join(root, "app", "api", "v1");
const calls = Object.entries<Call>(CALLS);

/** What OpenAPI 3.1.0 allows of what we use (its schema of 2022-10-07), strictly. */
const media = z.record(z.string(), z.strictObject({ schema: z.record(z.string(), z.unknown()) }));
const operation = z.strictObject({
  operationId: z.string().regex(/^\w+$/),
  summary: z.string(),
  parameters: z.array(
    z.strictObject({
      name: z.string(),
      in: z.enum(["path", "query"]),
      required: z.boolean(),
      description: z.string().optional(),
      schema: z.record(z.string(), z.unknown()),
    }),
  ),
  requestBody: z.strictObject({ required: z.boolean(), content: media }).optional(),
  responses: z.record(
    z.string().regex(/^[2-5]\d\d$/),
    z.strictObject({ description: z.string().min(1), content: media.optional() }),
  ),
});
const documentSchema = z.strictObject({
  openapi: z.literal("3.1.0"),
  info: z.strictObject({
    title: z.string(),
    version: z.string(),
    description: z.string(),
    license: z.strictObject({ name: z.string(), identifier: z.string() }),
  }),
  servers: z.array(z.strictObject({ url: z.string() })),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  paths: z.record(
    z.string().startsWith("/"),
    z.partialRecord(z.enum(["get", "post", "put", "patch", "delete"]), operation),
  ),
  components: z.strictObject({
    schemas: z.record(z.string(), z.record(z.string(), z.unknown())),
    securitySchemes: z.record(z.string(), z.strictObject({ type: z.literal("http"), scheme: z.string() })),
  }),
});

const document = documentSchema.parse(JSON.parse(JSON.stringify(describeInterface())));
const operations = Object.entries(document.paths).flatMap(([address, methods]) =>
  Object.entries(methods).map(([method, described]) => ({ address, method, ...described })),
);

/** Every `$ref` of the document with the schema in which it stands. */
function references(node: unknown, at: unknown = node): { ref: string; at: unknown }[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) =>
    name === "$ref" && typeof value === "string"
      ? [{ ref: value, at }]
      : references(value, name === "schema" ? value : at),
  );
}

function follow(ref: string): unknown {
  return ref
    .slice(2)
    .split("/")
    .reduce<unknown>(
      (node, part) => (typeof node === "object" && node !== null ? Reflect.get(node, part) : undefined),
      document,
    );
}

describe("the description", () => {
  it("has every call once, under its method and address", () => {
    expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(
      calls.map(([name]) => name).toSorted(),
    );
    for (const { operationId, address, method } of operations) {
      const call = Object.entries<Call>(CALLS).find(([name]) => name === operationId)?.[1];
      expect({ address: call?.address, method: call?.method }).toEqual({
        address,
        method: method.toUpperCase(),
      });
    }
  });

  it("names exactly the parts of each address as parameters of the path", () => {
    for (const { operationId, address, parameters } of operations) {
      const parts = [...address.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const named = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
      expect(named.toSorted(), operationId).toEqual(parts.toSorted());
      expect(parameters.filter((p) => p.in === "path").every(({ required }) => required)).toBe(true);
    }
  });

  it("asks for no parameter that can be left out", () => {
    const flows = operations.find(({ operationId }) => operationId === "flows");
    expect(flows?.parameters.find(({ name }) => name === "q")).toMatchObject({
      in: "query",
      required: false,
    });
    expect(flows?.parameters.find(({ name }) => name === "limit")).toMatchObject({
      required: false,
      schema: { type: "integer", minimum: 0, maximum: 500, default: 100 },
    });
  });

  it("refers only to what it has", () => {
    const found = references(document);
    expect(found.length).toBeGreaterThan(calls.length);
    expect(found.map(({ ref }) => ref).filter((ref) => follow(ref) === undefined)).toEqual([]);
  });

  it("gives every call the failures that any request can meet, by status", () => {
    const statuses = ANYWHERE.map((code) => String(errorKinds[code].status));
    for (const { operationId, responses } of operations) {
      expect(Object.keys(responses), operationId).toEqual(expect.arrayContaining(statuses));
    }
  });

  it("lets every question over flows take the scope and answer with what it is worth", () => {
    for (const { operationId, parameters, responses } of operations) {
      const names = parameters.map(({ name }) => name);
      if (!names.includes("q")) continue;
      expect(names, operationId).toEqual(expect.arrayContaining(["q", "from", "to", "revision"]));
      const json = responses["200"]?.content?.["application/json"]?.schema;
      if (json !== undefined) expect(json.required, operationId).toEqual(expect.arrayContaining(["meta"]));
    }
  });
});

describe("routes", () => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith("route.ts"),
  );
  const used = files.flatMap((file) => {
    const address = `/${path.posix.dirname(file.replaceAll(path.sep, "/"))}`.replaceAll(/\[(\w+)\]/g, "{$1}");
    const source = readFileSync(path.join(folder, file), "utf8");
    const names = [...source.matchAll(/(?:handle|asks)\(\s*CALLS\.(\w+)/g)].map((match) => match[1] ?? "");
    return names.length > 0
      ? names.map((name) => ({ name, address }))
      : [{ name: `none in ${file}`, address }];
  });

  it("serve every call at its address, and nothing else", () => {
    expect(used.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual(
      calls
        .map(([name, { address }]) => ({ name, address }))
        .toSorted((a, b) => a.name.localeCompare(b.name)),
    );
  });
});

describe("an answer under test", () => {
  const schema = z.object({ id: z.string(), rows: z.array(z.object({ n: z.number() })) });

  it.each([
    ["as described", { id: "a", rows: [{ n: 1 }] }, undefined],
    ["with a member left undefined", { id: "a", rows: [], more: undefined }, undefined],
    ["with a member too many", { id: "a", rows: [], more: 1 }, "undescribed: more"],
    ["with one too many further down", { id: "a", rows: [{ n: 1, m: 2 }] }, "undescribed: rows.0.m"],
    ["with a member too few", { rows: [] }, "id: Invalid input: expected string, received undefined"],
  ])("%s", (_name, answer, difference) => {
    expect(differenceFrom(schema, answer)).toBe(difference);
  });
});
