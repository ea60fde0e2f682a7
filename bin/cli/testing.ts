/** A stand-in for the server: just enough of the interface for the tests of the command line. */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CaptureInfo, FileReport } from "@/lib/questions/answers";

export interface StandIn {
  readonly address: string;
  /** What arrived, by the name of the file. */
  readonly bodies: Map<string, Buffer>;
  /** Names of the captures that were made. */
  readonly captures: string[];
  readonly requests: {
    readonly method: string;
    readonly path: string;
    readonly headers: http.IncomingHttpHeaders;
  }[];
  close(): Promise<void>;
}

export interface StandInOptions {
  readonly token?: string;
  /** What became of a file; read at once and wholly unless this says otherwise. */
  readonly report?: (file: string, body: Buffer) => Partial<FileReport>;
  /** Whether a file that is asked for has been read by now. */
  readonly isRead?: (file: string) => boolean;
  /** Answers an upload in another way. True when it did. */
  readonly onUpload?: (file: string, request: IncomingMessage, response: ServerResponse) => boolean;
}

const capture: CaptureInfo = {
  id: "capture00001",
  name: "",
  createdAt: "2026-03-04T05:00:00.000Z",
  state: "ready",
  problem: null,
  revision: 0,
  files: 0,
  flows: 0,
  events: 0,
  drops: null,
  nodes: 0,
  first: null,
  last: null,
  sizeBytes: 0,
  isSettlingAnew: false,
  keptUntil: null,
  progress: [],
};

export async function startStandIn({
  token,
  report,
  isRead = () => true,
  onUpload,
}: StandInOptions = {}): Promise<StandIn> {
  const bodies: StandIn["bodies"] = new Map();
  const captures: string[] = [];
  const requests: StandIn["requests"] = [];
  const reports: FileReport[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").replace("/base/api/v1/", "");
    requests.push({ method: request.method ?? "", path, headers: request.headers });
    const json = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    const refuse = (status: number, code: string) =>
      json(status, { error: { code, message: `It is ${code}.`, hint: "Do something." } });
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`)
      return void refuse(401, "sign_in_needed");
    if (path === "health") return void json(200, { status: "ok" });
    if (path === "captures") {
      captures.push((JSON.parse((await readBody(request)).toString()) as { name: string }).name);
      return void json(201, capture);
    }
    if (path === `captures/${capture.id}`) return void json(200, { ...capture, fileReports: [] });
    if (path === `captures/${capture.id}/progress`) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      return void response.write('data: {"files":[],"flows":0}\n\n');
    }
    const upload = new RegExp(`^captures/${capture.id}/files/([^/]+)$`).exec(path)?.[1];
    if (upload === undefined) return void refuse(404, "capture_not_found");
    if (request.method === "GET") {
      const asked = reports.find(({ id }) => id === Number(upload));
      if (asked === undefined) return void refuse(404, "file_not_found");
      if (asked.state === "reading" && isRead(asked.file)) asked.state = "done";
      return void json(200, asked);
    }
    const file = decodeURIComponent(upload);
    if (onUpload?.(file, request, response)) return;
    const body = await readBody(request);
    bodies.set(file, body);
    const { state, ...rest } = { ...reportOf(reports.length + 1, file, body), ...report?.(file, body) };
    reports.push({ ...rest, state });
    json(202, { ...rest, state: state === "done" ? "reading" : state });
  }

  const server = http.createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`,
    bodies,
    captures,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function reportOf(id: number, file: string, body: Buffer): FileReport {
  const read = body.toString().split("\n").filter(Boolean).length;
  return {
    id,
    file,
    state: "done",
    addedAtMs: 0,
    packing: "plain",
    receivedBytes: body.length,
    unpackedBytes: body.length,
    read,
    accepted: read,
    duplicate: 0,
    otherKinds: 0,
    refused: 0,
    events: read,
    refusedBy: {},
    refusals: [],
    formats: {},
    first: null,
    last: null,
    failure: null,
    entryCount: 0,
    entries: [],
    aside: { entries: 0, first: [] },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}
