import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { attemptOfFlow } from "@/lib/capture/attempt-sql";
import { compileScope } from "@/lib/capture/scope-sql";
import { attemptsOf } from "@/lib/capture/settle/connections.testing";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { countAttempts, countRequests } from "./counts";
import { readDrops } from "./drops";
import { OpenCapture } from "./open-capture";
import { readScope } from "./scope-parameters";

const SAMPLE = path.join(projectRoot(), "public", "sample");

const files = (): { name: string; content: Buffer }[] =>
  readdirSync(SAMPLE)
    .filter((name) => name.endsWith(".gz"))
    .map((name) => ({ name, content: gunzipSync(readFileSync(path.join(SAMPLE, name))) }));

function sample(): TestCapture {
  const capture = new TestCapture();
  for (const { name, content } of files()) capture.add(name, content);
  return capture;
}

function count(capture: TestCapture, q?: string): { attempts: number | null; requests: number } {
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  const scope = readScope(opened.value, { q });
  if (!scope.ok) throw new Error(scope.failure.message);
  const compiled = compileScope(opened.value.database, scope.value);
  const counted = {
    attempts: countAttempts(opened.value, compiled),
    requests: countRequests(opened.value, compiled),
  };
  opened.value.close();
  return counted;
}

describe("counts of a scope", () => {
  it("leave attempts open where no flow has ports, and are zero where some have", () => {
    const capture = new TestCapture();
    const ports = (at: number, flags: object): string =>
      line(at, {
        IP: { source: "10.0.0.1", destination: "10.0.0.2" },
        l4: { TCP: { source_port: 40000, destination_port: 80, flags } },
      });
    capture.add("a", lines(line(0), line(1, { l4: { ICMPv4: { type: 8 } } })));
    expect(count(capture)).toEqual({ attempts: null, requests: 0 });
    capture.add("b", lines(ports(2, { ACK: true })));
    expect(count(capture)).toEqual({ attempts: 0, requests: 0 });
    capture.add("c", lines(ports(400, { SYN: true }), ports(401, { SYN: true })));
    expect(count(capture)).toEqual({ attempts: 1, requests: 0 });
    expect(count(capture, "protocol:icmp").attempts).toBeNull();
  });

  it("leave attempts open without a time, of all flows and of the drops among them", () => {
    const capture = new TestCapture();
    const retry = (uuid: string): string =>
      line(0, {
        uuid,
        time: "yesterday",
        verdict: "DROPPED",
        IP: { source: "10.0.0.1", destination: "10.0.0.2" },
        l4: { TCP: { source_port: 40000, destination_port: 80, flags: { SYN: true } } },
        event_type: { type: 1, sub_type: 133 },
        drop_reason_desc: "POLICY_DENIED",
      });
    capture.add("a", lines(retry("r1"), retry("r2"), retry("r3")));
    expect(count(capture).attempts).toBeNull();
    const open = OpenCapture.open(capture.file);
    if (!open.ok) throw new Error(open.failure.message);
    const drops = readDrops(open.value, { by: "cause", limit: 10, skip: 0, buckets: 10 });
    open.value.close();
    if (!drops.ok) throw new Error(drops.failure.message);
    expect(drops.value.rows.map((row) => [row.drops, row.attempts])).toEqual([[3, null]]);
    expect(capture.database.prepare("SELECT count, attempts FROM Cause").all([])).toEqual([
      { count: 3, attempts: null },
    ]);
    expect(count(capture, "drop:first")).toMatchObject({ attempts: null });
  });

  it("of complementary filters add up", () => {
    const capture = sample();
    const all = count(capture);
    const texts = files().flatMap(({ content }) =>
      content
        .toString("utf8")
        .split("\n")
        .filter((text) => text !== ""),
    );
    const slow = attemptsOf(texts).filter((attempt) => !attempt.endsWith(" already"));
    expect(all).toEqual({ attempts: slow.length, requests: 1219 });
    for (const term of ["verdict:DROPPED", "protocol:tcp", "namespace:orders", "type:l7"]) {
      const [with_, without] = [count(capture, term), count(capture, `!${term}`)];
      expect((with_.attempts ?? 0) + (without.attempts ?? 0), term).toBe(all.attempts);
      expect(with_.requests + without.requests, term).toBe(all.requests);
    }
  });
});

describe("the attempt of a flow", () => {
  it("takes every flow of a connection to one piece, each piece to all its flows", () => {
    const { database } = sample();
    const rows = database
      .prepare(
        `SELECT a.records, x.n FROM Attempt a LEFT JOIN (
           SELECT ${attemptOfFlow("f")} AS id, count(*) AS n FROM Flow f JOIN Kind k ON k.id = f.kindId WHERE k.type <> 'SOCK' GROUP BY 1
         ) x ON x.id = a.id`,
      )
      .rows([]);
    expect(rows.length).toBeGreaterThan(2000);
    expect(rows.filter(([records, n]) => records !== n)).toEqual([]);
  });

  it("hits as many attempts with each cause of drops as the capture's maker knows", () => {
    const truth = JSON.parse(readFileSync(path.join(SAMPLE, "truth.json"), "utf8"));
    const { database } = sample();
    const hit = database.prepare(
      `SELECT count(DISTINCT ${attemptOfFlow("f")}) AS n FROM Flow f JOIN Kind k ON k.id = f.kindId JOIN Pair p ON p.id = f.pairId
       JOIN Actor c ON c.id = p.clientId JOIN Actor s ON s.id = p.serverId
       WHERE k.verdict = 'DROPPED' AND k.trafficDirection = ? AND c.workloadKey = ? AND (s.workloadKey = ? OR s.name = ?) AND p.serverPort = ?
         AND p.protocol = ? AND (k.type = 'L7') = ?`,
    );
    for (const cause of truth.drops.causes) {
      if (cause.attempts === null || cause.name === "stale-address") continue;
      const { direction, client, server, port, protocol } = cause;
      const isL7 = cause.decidedBy === "l7-rule" ? 1 : 0;
      const found = hit.get([
        direction,
        `${client}@shop-prod`,
        `${server}@shop-prod`,
        server,
        port,
        protocol,
        isL7,
      ])?.n;
      expect(found, cause.name).toBe(cause.attempts);
    }
  });
});
