/** The HTTP interface on a real server: shapes, errors, and the sample capture against its known truth. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { type APIRequestContext, expect, test } from "@playwright/test";
import { z } from "zod";
import { fileReportSchema } from "../lib/capture/files";
import { errorReplySchema } from "../lib/http/errors";
import {
  captureAnswerSchema,
  captureSchema,
  flowAnswerSchema,
  flowsAnswerSchema,
  timelineAnswerSchema,
} from "../lib/questions/answers";

const root = path.resolve(import.meta.dirname, "..");
const sampleFolder = path.join(root, "public", "sample");

async function newCapture(request: APIRequestContext, name: string): Promise<string> {
  const response = await request.post("/api/v1/captures", { data: { name } });
  expect(response.status()).toBe(201);
  return captureSchema.strict().parse(await response.json()).id;
}

async function put(request: APIRequestContext, capture: string, name: string, body: Buffer) {
  const response = await request.put(`/api/v1/captures/${capture}/files/${name}?wait=true`, { data: body });
  expect(response.status()).toBe(200);
  return fileReportSchema.strict().parse(await response.json());
}

async function get<T>(request: APIRequestContext, url: string, schema: z.ZodType<T>): Promise<T> {
  const response = await request.get(url);
  expect(response.status(), url).toBe(200);
  return schema.parse(await response.json());
}

const truthSchema = z.object({
  records: z.object({ flows: z.number() }).catchall(z.number()),
  flows: z.object({ byVerdict: z.record(z.string(), z.number()), byNode: z.record(z.string(), z.number()) }),
  first: z.string(),
  last: z.string(),
});

test("the sample capture has what its generator says it made", async ({ request }) => {
  const truth = truthSchema.parse(JSON.parse(readFileSync(path.join(sampleFolder, "truth.json"), "utf8")));
  const { id } = captureSchema.strict().parse(await (await request.post("/api/v1/captures/sample")).json());
  await expect
    .poll(
      async () =>
        (await get(request, `/api/v1/captures/${id}`, captureAnswerSchema.strict())).progress.length,
      { timeout: 30_000 },
    )
    .toBe(0);
  const capture = await get(request, `/api/v1/captures/${id}`, captureAnswerSchema.strict());
  expect(capture).toMatchObject({
    state: "ready",
    flows: truth.records.flows,
    nodes: 3,
    files: 3,
  });
  expect(Date.parse(capture.first ?? "")).toBe(Date.parse(truth.first));
  expect(Date.parse(capture.last ?? "")).toBe(Date.parse(truth.last));
  for (const [verdict, flows] of Object.entries(truth.flows.byVerdict)) {
    const page = await get(
      request,
      `/api/v1/captures/${id}/flows?limit=1&q=verdict:${verdict}`,
      flowsAnswerSchema.strict(),
    );
    expect(page.total, verdict).toMatchObject({ records: flows, events: flows });
  }
  for (const [node, flows] of Object.entries(truth.flows.byNode)) {
    const page = await get(
      request,
      `/api/v1/captures/${id}/flows?limit=1&q=node-name:${node}`,
      flowsAnswerSchema.strict(),
    );
    expect(page.total?.records, node).toBe(flows);
  }
  const timeline = await get(
    request,
    `/api/v1/captures/${id}/timeline?buckets=50`,
    timelineAnswerSchema.strict(),
  );
  for (const { key, points } of timeline.series) {
    expect(
      points.reduce((sum, [, events]) => sum + events, 0),
      key,
    ).toBe(truth.flows.byVerdict[key]);
  }
});

test("a file goes in, comes out byte for byte, and the same file again adds nothing", async ({ request }) => {
  const bytes = gunzipSync(readFileSync(path.join(sampleFolder, "node-2-events.log.gz")));
  const lines = bytes.toString("utf8").trimEnd().split("\n");
  const capture = await newCapture(request, "bytes");
  const report = await put(request, capture, "a.log", bytes);
  expect(report).toMatchObject({
    file: "a.log",
    state: "done",
    read: lines.length,
    duplicate: 0,
    refused: 0,
  });
  expect(report.accepted + report.otherKinds).toBe(lines.length);
  const page = await get(
    request,
    `/api/v1/captures/${capture}/flows?limit=40&position=1000`,
    flowsAnswerSchema.strict(),
  );
  expect(page.flows).toHaveLength(40);
  for (const { id } of page.flows) {
    const { raw, flow, row } = await get(
      request,
      `/api/v1/captures/${capture}/flows/${id}`,
      flowAnswerSchema.strict(),
    );
    expect(raw).toMatchObject({ text: lines[raw.line - 1], exact: true, file: "a.log" });
    expect(flow.time).toBe(row.time);
    expect(await (await request.get(`/api/v1/captures/${capture}/flows/${id}/raw`)).text()).toBe(
      lines[raw.line - 1],
    );
  }
  const again = await put(request, capture, "b.log", bytes);
  expect(again).toMatchObject({ state: "nothing-new", accepted: 0, otherKinds: 0, duplicate: lines.length });
  expect((await get(request, `/api/v1/captures/${capture}`, captureAnswerSchema)).revision).toBe(1);
});

test("an upload of 20 MiB arrives whole, and 202 comes before it is settled", async ({ request }) => {
  const line = (n: number): string =>
    JSON.stringify({
      flow: {
        time: new Date(1.7e12 + n).toISOString(),
        verdict: "FORWARDED",
        IP: { source: "10.0.0.1" },
        Summary: `n${n} ${"x".repeat(400)}`,
      },
    });
  const lines = Array.from({ length: 42_000 }, (_, n) => line(n));
  const body = Buffer.from(`${lines.join("\n")}\n`);
  expect(body.length).toBeGreaterThan(20 * 2 ** 20);
  const capture = await newCapture(request, "twenty");
  const response = await request.put(`/api/v1/captures/${capture}/files/large.log`, { data: body });
  expect(response.status()).toBe(202);
  fileReportSchema.strict().parse(await response.json());
  await expect
    .poll(
      async () =>
        (await get(request, `/api/v1/captures/${capture}`, captureAnswerSchema)).fileReports[0]?.state,
      { timeout: 30_000 },
    )
    .toBe("done");
  const done = await get(request, `/api/v1/captures/${capture}`, captureAnswerSchema.strict());
  expect(done.fileReports[0]).toMatchObject({ read: 42_000, accepted: 42_000, receivedBytes: body.length });
  const last = await get(request, `/api/v1/captures/${capture}/flows?limit=1&order=desc`, flowsAnswerSchema);
  const flow = await get(request, `/api/v1/captures/${capture}/flows/${last.flows[0]?.id}`, flowAnswerSchema);
  expect(flow.raw).toMatchObject({ text: lines.at(-1), line: 42_000 });
});

const refusals: [
  method: "get" | "post" | "patch" | "put" | "delete",
  url: string,
  status: number,
  code: string,
][] = [
  ["get", "/api/v1/nothing", 404, "not_found"],
  ["get", "/api/v1/captures/0123456789abc", 404, "capture_not_found"],
  ["get", "/api/v1/captures/..%2F..%2Fetc", 404, "capture_not_found"],
  ["get", "/api/v1/captures/0123456789abc/flows", 404, "capture_not_found"],
  ["put", "/api/v1/captures/0123456789abc/files/a.log", 404, "capture_not_found"],
  ["delete", "/api/v1/captures/0123456789abc", 404, "capture_not_found"],
  ["post", "/api/v1/captures", 400, "bad_request"],
  ["get", "/api/v1/captures/CAPTURE/flows?limit=-1", 400, "bad_request"],
  ["get", "/api/v1/captures/CAPTURE/flows?limt=5", 400, "bad_request"],
  ["get", "/api/v1/captures/CAPTURE/flows?q=a&q=b", 400, "bad_request"],
  ["get", "/api/v1/captures/CAPTURE/flows?from=now", 400, "bad_request"],
  ["get", "/api/v1/captures/CAPTURE/flows?cursor=x", 400, "cursor_invalid"],
  ["get", "/api/v1/captures/CAPTURE/flows?q=verdict:DROPED", 400, "filter_invalid"],
  ["get", "/api/v1/captures/CAPTURE/timeline?q=nonsense", 400, "filter_invalid"],
  ["get", "/api/v1/captures/CAPTURE/flows/0000000000000000", 404, "flow_not_found"],
  ["get", "/api/v1/captures/CAPTURE/flows/x", 404, "flow_not_found"],
  ["delete", "/api/v1/captures/CAPTURE/files/99", 404, "file_not_found"],
  ["get", "/api/v1/captures/CAPTURE/flows?revision=7", 404, "revision_not_found"],
  ["put", "/api/v1/captures", 405, "method_not_allowed"],
  ["post", "/api/v1/captures/CAPTURE/timeline", 405, "method_not_allowed"],
];

test("every refusal has the one error shape, its code and a way out", async ({ request }) => {
  const capture = await newCapture(request, "refusals");
  for (const [method, url, status, code] of refusals) {
    const response = await request[method](url.replace("CAPTURE", capture));
    expect(response.status(), `${method} ${url}`).toBe(status);
    const { error } = errorReplySchema.strict().parse(await response.json());
    expect(error.code, `${method} ${url}`).toBe(code);
  }
  const typo = errorReplySchema.parse(
    await (await request.get(`/api/v1/captures/${capture}/flows?q=verdict:DROPED`)).json(),
  );
  expect(typo.error.details).toMatchObject({ position: { start: 8, end: 14 }, suggestion: "DROPPED" });
});

test("a capture is renamed and deleted, and its file goes", async ({ request }) => {
  const capture = await newCapture(request, "before");
  const renamed = await request.patch(`/api/v1/captures/${capture}`, { data: { name: "after" } });
  expect(captureSchema.strict().parse(await renamed.json()).name).toBe("after");
  expect((await request.delete(`/api/v1/captures/${capture}`)).status()).toBe(204);
  expect((await request.get(`/api/v1/captures/${capture}`)).status()).toBe(404);
});

test("removing a file brings back what another file had too", async ({ request }) => {
  const bytes = gunzipSync(readFileSync(path.join(sampleFolder, "node-1-events.log.gz")));
  const half = bytes.subarray(0, bytes.indexOf(10, bytes.length / 2) + 1);
  const capture = await newCapture(request, "removal");
  const first = await put(request, capture, "half.log", half);
  const second = await put(request, capture, "whole.log", bytes);
  expect(second.duplicate).toBe(first.read);
  expect((await request.delete(`/api/v1/captures/${capture}/files/${first.id}`)).status()).toBe(204);
  const left = await get(request, `/api/v1/captures/${capture}`, captureAnswerSchema.strict());
  expect(left.revision).toBe(3);
  expect(left.fileReports).toHaveLength(1);
  expect(left.fileReports[0]).toMatchObject({
    file: "whole.log",
    duplicate: 0,
    accepted: second.accepted + first.accepted,
  });
});
