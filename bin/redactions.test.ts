import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { createLog } from "@/lib/base/log";
import type { runRedactor } from "@/lib/jobs/redactor";
import { line, lines, testFolder } from "@/lib/jobs/testing";
import { MASK_KINDS } from "@/lib/redaction/kinds";
import type { Redaction } from "@/lib/redaction/redaction";
import { createEngine, type Engine } from "./engine";
import { Redactions } from "./redactions";

const log = createLog(
  () => undefined,
  () => new Date(0),
);

const side = (pod: string) => ({ namespace: "payments", pod_name: pod, labels: ["k8s:app=ledger"] });
const members = (n: number) => ({
  IP: { source: `10.244.1.${n}`, destination: "10.244.2.9", ipVersion: "IPv4" },
  l4: { TCP: { source_port: 40_000 + n, destination_port: 8443, flags: { SYN: true } } },
  source: side(`ledger-7d4b9c6f5-x2x${n}k`),
  destination: side("vault-0"),
  node_name: "prod/node-7.acme.example",
});
const LOST =
  '{"lost_events":{"source":"HUBBLE_RING_BUFFER","num_events_lost":"12"},"node_name":"prod/node-7.acme.example","time":"2026-08-21T12:00:09Z"}';
/** Two records are alike but for what is masked, in another file: without their bytes they could be taken for one. */
const ONE = lines(
  line(1, { ...members(2), Summary: "one" }),
  line(1, { ...members(2), Summary: "one" }),
  line(2, members(4)),
  LOST,
);
const OTHER = lines(line(1, { ...members(2), Summary: "other" }), line(2, members(4)), line(3, members(5)));

async function start(): Promise<{ engine: Engine; dataDir: string; captureId: string }> {
  const dataDir = testFolder();
  const engine = await createEngine(dataDir, log);
  onTestFinished(() => engine.close());
  const { id: captureId } = await engine.captures.create("Night");
  for (const [n, content] of [ONE, OTHER].entries()) {
    const received = await engine.captures.receive(captureId, {
      fileName: `node-7-${n}.log`,
      expectedBytes: null,
      body: Readable.from([Buffer.from(content)]),
    });
    if (!received.ok) throw new Error(received.failure.message);
    await received.value.end;
  }
  return { engine, dataDir, captureId };
}

async function made(redactions: Redactions, captureId: string, mask = [...MASK_KINDS]): Promise<Redaction> {
  const started = await redactions.start(captureId, { mask });
  if (!started.ok) throw new Error(started.failure.message);
  const ended = await redactions.wait(started.value.id);
  if (!ended.ok) throw new Error(ended.failure.message);
  return ended.value;
}

async function summaryOf(engine: Engine, captureId: string) {
  const answer = await engine.ask(captureId, "summary", {});
  if (!answer.ok) throw new Error(answer.failure.message);
  const { meta: _, nodes, ...numbers } = answer.value;
  return { ...numbers, nodes: nodes.map(({ events }) => events) };
}

describe("a masked copy", () => {
  it("is a capture of its own with the same numbers, and none of the names in its file", async () => {
    const { engine, dataDir, captureId } = await start();
    const { state, copyId, records, of, leftOut, name } = await made(engine.redactions, captureId);
    // Of seven records six are flows, one of which both files have.
    expect(name).toMatch(/^Masked copy, \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
    expect({ state, records, of, leftOut }).toEqual({
      state: "done",
      records: 6,
      of: 6,
      leftOut: 0,
    });
    const copy = await engine.captures.get(copyId ?? "");
    expect(copy.ok && [copy.value.name, copy.value.files, copy.value.flows, copy.value.state]).toEqual([
      name,
      2,
      5,
      "ready",
    ]);
    expect(await summaryOf(engine, copyId ?? "")).toEqual(await summaryOf(engine, captureId));
    const file = readFileSync(path.join(dataDir, "captures", `${copyId}.db`)).toString("latin1");
    const report = await engine.ask(copyId ?? "", "report", {});
    expect(report.ok && report.value.sentences.map(({ text }) => text)).toContain(
      "This is a masked copy: its records were written anew by Eyepiece, and IP addresses, MAC addresses, pods, namespaces, nodes, identities, DNS names, URLs, labels, summaries, extensions and UUIDs in them stand for others.",
    );
    for (const word of ["ledger", "vault", "payments", "acme", "node-7", "10.244", "Night.log"])
      expect(file).not.toContain(word);
    expect(readdirSync(path.join(dataDir, "masking"))).toEqual([]);
  });

  it("leaves what is not chosen as it was", async () => {
    const { engine, captureId } = await start();
    const { copyId } = await made(engine.redactions, captureId, ["ips"]);
    const answer = await engine.ask(copyId ?? "", "flows", {
      limit: 10,
      order: "asc",
      total: true,
      q: "pod:payments/vault-0",
    });
    expect(answer.ok && answer.value.total?.records).toBe(5);
    const masked = await engine.ask(copyId ?? "", "flows", {
      limit: 10,
      order: "asc",
      total: true,
      q: "ip:10.244.2.9",
    });
    expect(masked.ok && masked.value.total?.records).toBe(0);
  });

  it("takes an investigation along, whose pins show the same rows of the copy", async () => {
    const { engine, captureId } = await start();
    const pin = {
      id: "pin00001",
      view: "flows",
      link: "q=server%3Apayments%2Fvault-0&revision=2",
      title: "To vault-0",
      note: "",
      pinnedAt: "",
    };
    const partly = { ...pin, id: "pin00002", link: "q=pod%3Avau&revision=2" };
    const original = await engine.investigations.create({
      captureId,
      title: "vault-0 is silent",
      status: "open",
      notes: "",
      pins: [pin, partly],
    });
    if (!original.ok) throw new Error(original.failure.message);
    const started = await engine.redactions.start(captureId, {
      mask: [...MASK_KINDS],
      investigation: original.value.id,
    });
    if (!started.ok) throw new Error(started.failure.message);
    const ended = await engine.redactions.wait(started.value.id);
    if (!ended.ok) throw new Error(ended.failure.message);
    const { investigationId, pinsLeftOut, copyId, state, failure } = ended.value;
    expect({ state, failure, pinsLeftOut }).toEqual({ state: "done", failure: null, pinsLeftOut: 1 });
    const masked = await engine.investigations.get(investigationId ?? "");
    if (!masked.ok) throw new Error(masked.failure.message);
    expect(masked.value.captureId).toBe(copyId);
    expect(masked.value.pins.map(({ id }) => id)).toEqual(["pin00001"]);
    expect(JSON.stringify(masked.value)).not.toMatch(/vault|payments/);
    const count = async (id: string, link: string) => {
      const params = new URLSearchParams(link);
      const answer = await engine.ask(id, "flows", {
        limit: 10,
        order: "asc",
        total: true,
        q: params.get("q") ?? "",
        revision: params.get("revision") ?? "",
      });
      return answer.ok ? answer.value.total : answer.failure;
    };
    expect(await count(copyId ?? "", masked.value.pins[0]?.link ?? "")).toEqual(
      await count(captureId, pin.link),
    );
    expect(await count(captureId, pin.link)).toMatchObject({ records: 5 });
  });

  it("is not kept when anything masked is found in it, and says what was found where", async () => {
    const { engine, dataDir, captureId } = await start();
    const leak = { file: 1, line: 2, path: "flow.Summary", value: "ledger" };
    const redact: typeof runRedactor = async () => ({ outcome: "leaks", leaks: [leak] });
    const ended = await made(
      new Redactions(dataDir, engine.captures, engine.investigations, log, redact),
      captureId,
    );
    expect(ended).toMatchObject({
      state: "failed",
      copyId: null,
      failure: { code: "redaction_leaks", leaks: [leak] },
    });
    expect(await engine.captures.list()).toHaveLength(1);
  });

  it("leaves nothing behind when it is cancelled", async () => {
    const { engine, dataDir, captureId } = await start();
    const started = await engine.redactions.start(captureId, { mask: ["ips"] });
    if (!started.ok) throw new Error(started.failure.message);
    const { id } = started.value;
    expect((await engine.redactions.remove(id)).ok).toBe(true);
    expect(engine.redactions.get(id)).toMatchObject({ value: { state: "cancelled", copyId: null } });
    expect(await engine.captures.list()).toHaveLength(1);
    expect(existsSync(path.join(dataDir, "masking", id))).toBe(false);
    // Once more it is forgotten.
    expect((await engine.redactions.remove(id)).ok).toBe(true);
    expect(engine.redactions.get(id)).toMatchObject({ failure: { code: "redaction_not_found" } });
  });

  it("is begun again when the server stopped meanwhile, and nothing of the broken one is left", async () => {
    const { engine, dataDir, captureId } = await start();
    const started = await engine.redactions.start(captureId, { mask: ["pods"], name: "For the vendor" });
    if (!started.ok) throw new Error(started.failure.message);
    const { id } = started.value;
    await engine.close();
    // As a crash would leave it: a capture that is not whole, and files that nobody has the key of.
    const order = path.join(dataDir, "masking", `${id}.json`);
    const half = await createEngine(dataDir, log);
    const broken = (await half.captures.create("For the vendor (not finished)")).id;
    await half.redactions.wait(id);
    const first = (await half.captures.list()).find(({ name }) => name === "For the vendor")?.id ?? "";
    await half.captures.delete(first);
    await half.close();
    writeFileSync(
      order,
      JSON.stringify({
        ...{ version: 1, id, captureId, name: "For the vendor", mask: ["pods"] },
        ...{ investigationId: null, copyId: broken, begun: 1 },
      }),
    );
    mkdirSync(path.join(dataDir, "masking", id));

    const again = await createEngine(dataDir, log);
    onTestFinished(() => again.close());
    const ended = await again.redactions.wait(id);
    expect(ended).toMatchObject({ ok: true, value: { state: "done", records: 6, mask: ["pods"] } });
    expect((await again.captures.list()).map(({ name }) => name).sort()).toEqual(["For the vendor", "Night"]);
    expect(readdirSync(path.join(dataDir, "masking"))).toEqual([]);
  });

  it("is given up when the server stopped three times while it was made", async () => {
    const { engine, dataDir, captureId } = await start();
    const id = "0123456789abcdef";
    mkdirSync(path.join(dataDir, "masking"), { recursive: true });
    writeFileSync(
      path.join(dataDir, "masking", `${id}.json`),
      JSON.stringify({
        ...{ version: 1, id, captureId, name: "Copy", mask: ["pods"] },
        ...{ investigationId: null, copyId: null, begun: 3 },
      }),
    );
    const redactions = new Redactions(dataDir, engine.captures, engine.investigations, log);
    await redactions.takeUpAgain();
    expect(await redactions.wait(id)).toMatchObject({
      value: { state: "failed", failure: { message: "The server stopped 3 times while it was made." } },
    });
    expect(readdirSync(path.join(dataDir, "masking"))).toEqual([]);
  });

  it("is refused of an empty capture, and of none", async () => {
    const { engine } = await start();
    const { id } = await engine.captures.create("Empty");
    expect(await engine.redactions.start(id, { mask: ["ips"] })).toMatchObject({
      failure: { code: "bad_request" },
    });
    expect(await engine.redactions.start("nosuchcapture", { mask: ["ips"] })).toMatchObject({
      failure: { code: "capture_not_found" },
    });
  });
});
