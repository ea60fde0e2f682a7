import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { linkPairs } from "./actors";
import { turnDirections } from "./directions";
import { neighbourhoodOf } from "./neighbourhood";
import { runSteps } from "./steps";

/** Beside the project, no part of it. */
const REAL = path.resolve(projectRoot(), "..", "shared", "data", "real", "flows");

/**
 * One record: `client:port > server:port PROTOCOL members`. Members: reply, request, FLAGS of TCP, @node.
 * A side is `namespace/pod`, whose address is made from its letters, or an address (the world).
 */
function draw(at: number, text: string): string {
  const [source = "", , destination = "", protocol = "", ...members] = text.trim().split(/\s+/);
  const [from, to] = [side(source), side(destination)];
  const flags = members.filter((member) => /^[A-Z]+$/.test(member));
  const ports = { source_port: from.port, destination_port: to.port };
  return line(at, {
    node_name: members.find((member) => member.startsWith("@"))?.slice(1) ?? "n1",
    IP: { source: from.ip, destination: to.ip },
    source: from.endpoint,
    destination: to.endpoint,
    l4: { [protocol]: { ...ports, flags: Object.fromEntries(flags.map((flag) => [flag, true])) } },
    ...(members.includes("reply") && { is_reply: true }),
    ...(members.includes("request") && { is_reply: false }),
  });
}

function side(text: string): { ip: string; port: number; endpoint: object } {
  const [name = "", port] = text.split(":");
  const [namespace, pod] = name.split("/");
  if (pod === undefined) return { ip: name, port: Number(port), endpoint: { identity: 2 } };
  const byte = [...name].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 65_536, 7);
  return {
    ip: `10.0.${byte >> 8}.${byte & 255}`,
    port: Number(port),
    endpoint: { namespace, pod_name: pod, identity: 1000 },
  };
}

/** Each flow in the order of the file: `client > server:port by`. */
function directions(capture: TestCapture): string[] {
  return capture.database
    .prepare(
      `SELECT c.workloadKey AS client, s.workloadKey AS server, p.serverPort, p.clientBy FROM Flow f JOIN Pair p ON p.id = f.pairId
       LEFT JOIN Actor c ON c.id = p.clientId LEFT JOIN Actor s ON s.id = p.serverId ORDER BY f.timeNs`,
    )
    .all([])
    .map(({ client, server, serverPort, clientBy }) =>
      client === null ? `unknown ${clientBy}` : `${client} > ${server}:${serverPort} ${clientBy}`,
    );
}

function drawn(text: string): string[] {
  return text
    .trim()
    .split("\n")
    .map((row, at) => draw(at, row));
}

describe("the client of a flow", () => {
  const scenario = drawn(`
    shop/web-0:40000 > shop/api-0:8080  TCP SYN
    shop/web-0:40000 > shop/api-0:8080  TCP ACK
    shop/api-0:8080 > shop/web-0:40000  TCP ACK
    shop/web-0:40001 > shop/api-0:50000 TCP ACK
    shop/api-0:50000 > shop/web-0:40001 TCP ACK reply
    shop/web-0:40002 > shop/api-0:50000 TCP ACK
    shop/web-0:5353 > shop/dns-0:53     UDP
    shop/web-0:5353 > shop/dns-0:53     UDP request
    shop/web-0:5354 > shop/dns-0:53     UDP
    shop/dns-0:53 > shop/web-0:41000    UDP
    shop/web-0:40000 > shop/api-0:8080  UDP
    shop/api-0:8080 > shop/web-0:40000  TCP ACK @b/n9
  `);

  it("is taken from another record of the same cluster, 5-tuple and protocol before the ports are asked", () => {
    const capture = new TestCapture();
    capture.add("a", lines(...scenario));
    expect(directions(capture)).toEqual([
      "shop/web > shop/api:8080 tcp-flags",
      "shop/web > shop/api:8080 same-connection",
      "shop/web > shop/api:8080 same-connection",
      "shop/web > shop/api:50000 same-connection",
      "shop/web > shop/api:50000 is-reply",
      "unknown ports-alike",
      "shop/web > shop/dns:53 same-connection",
      "shop/web > shop/dns:53 is-reply",
      "unknown ports-alike",
      "shop/web > shop/dns:53 ports",
      "shop/web > shop/api:8080 ports",
      "shop/web@b > shop/api@b:8080 ports",
    ]);
  });

  it("is the same whatever the order of lines, and however they are spread over files", () => {
    const whole = new TestCapture();
    whole.add("a", lines(...scenario));
    const expected = directions(whole);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(scenario, { minLength: scenario.length }),
        fc.integer({ min: 0, max: scenario.length }),
        (shuffled, cut) => {
          const capture = new TestCapture();
          capture.add("a", lines(...shuffled.slice(0, cut)));
          capture.add("b", lines(...shuffled.slice(cut)));
          expect(directions(capture)).toEqual(expected);
        },
      ),
      { seed: 4, numRuns: 25 },
    );
  });

  it("goes back to the ports when the record that told is removed", () => {
    const capture = new TestCapture();
    const [ask = "", known = ""] = drawn(`
      shop/web-0:8000 > shop/api-0:40000 TCP ACK
      shop/web-0:8000 > shop/api-0:40000 TCP ACK request
    `);
    const telling = capture.add("a", lines(known));
    capture.add("b", lines(ask));
    expect(directions(capture)[0]).toBe("shop/web > shop/api:40000 same-connection");
    capture.remove(telling.id);
    expect(directions(capture)).toEqual(["shop/api > shop/web:8000 ports"]);
  });

  it("follows the strongest rule where records contradict each other, then the majority", () => {
    const capture = new TestCapture();
    const texts = drawn(`
      shop/a-0:4000 > shop/b-0:5000 TCP ACK
      shop/a-0:4000 > shop/b-0:5000 TCP SYN
      shop/a-0:4000 > shop/b-0:5000 TCP SYN
      shop/a-0:4000 > shop/b-0:5000 TCP ACK reply
      shop/c-0:4000 > shop/d-0:5000 TCP ACK
      shop/c-0:4000 > shop/d-0:5000 TCP ACK request
      shop/c-0:4000 > shop/d-0:5000 TCP ACK reply
      shop/d-0:5000 > shop/c-0:4000 TCP ACK reply
      shop/e-0:4000 > shop/f-0:5000 TCP ACK
      shop/e-0:4000 > shop/f-0:5000 TCP ACK request
      shop/e-0:4000 > shop/f-0:5000 TCP ACK reply
    `);
    capture.add("a", lines(...texts));
    const told = directions(capture);
    expect([told[0], told[4], told[8]]).toEqual([
      "shop/b > shop/a:4000 same-connection",
      "shop/c > shop/d:5000 same-connection",
      "unknown ports-alike",
    ]);
  });

  it("is the same when flows are read again and tuples are taken in several turns", () => {
    const capture = new TestCapture();
    // Connections of which one record tells and the other asks, more than fit in a turn.
    const texts = Array.from({ length: 40 }, (_, n) => [
      `shop/web-0:${40_000 - n} > shop/api-0:${40_000 + n} TCP ACK`,
      `shop/web-0:${40_000 - n} > shop/api-0:${40_000 + n} TCP ACK ${n % 2 === 0 ? "request" : "reply"}`,
    ]).flat();
    capture.add("a", lines(...drawn(texts.join("\n"))));
    const expected = Array.from({ length: 40 }, (_, n) =>
      n % 2 === 0
        ? `shop/web > shop/api:${40_000 + n} same-connection`
        : `shop/api > shop/web:${40_000 - n} same-connection`,
    );
    const asking = (): string[] => directions(capture).filter((_, at) => at % 2 === 0);
    expect(asking()).toEqual(expected);
    for (const sizes of [
      { tuples: 7, held: 1000 },
      { tuples: 3, held: 0 },
      { tuples: 1000, held: 79 },
    ]) {
      capture.database.exec(
        "UPDATE Flow SET pairId = (SELECT q.id FROM Pair p, Pair q WHERE p.id = Flow.pairId AND q.sourceId = p.sourceId AND q.clientBy = 'ports-alike' LIMIT 1) WHERE (SELECT clientBy FROM Pair WHERE id = Flow.pairId) = 'same-connection'",
      );
      expect(asking().filter((word) => word.endsWith("same-connection"))).toEqual([]);
      turnDirections(capture.database, sizes);
      linkPairs(capture.database);
      expect(asking()).toEqual(expected);
    }
  });

  it("is found for flows that an older program loaded", () => {
    const capture = new TestCapture();
    capture.add("a", lines(...scenario));
    const expected = directions(capture);
    capture.database.exec(
      "UPDATE Flow SET pairId = 0; DELETE FROM Pair; UPDATE Revision SET rulesVersion = 1",
    );
    capture.add("b", lines(line(99)));
    expect(directions(capture).slice(0, -1)).toEqual(expected);
  });
});

describe("names", () => {
  const workload = [{ kind: "Deployment", name: "frontend" }];
  const pod = (name: string, more = {}) => ({ namespace: "shop", pod_name: name, identity: 9, ...more });
  const actors = (capture: TestCapture, columns = "workloadKey, workloadBy") =>
    capture.database
      .prepare(`SELECT key, ${columns} FROM Actor WHERE kind <> 'unknown' ORDER BY key`)
      .all([])
      .map((row) => Object.values(row).join(" "));

  it("are learned from any record of the same pod, then of its siblings, then labels, then guessed", () => {
    const texts = [
      line(1, { source: pod("web-7d4b9c6f5-x2x7k"), destination: pod("web-7d4b9c6f5-bbbbb") }),
      line(2, { source: pod("web-7d4b9c6f5-x2x7k", { ID: 4, workloads: workload }) }),
      line(3, {
        source: pod("api-6b746f74dc-9rcxx"),
        destination: pod("db-0", { labels: ["k8s:app=postgres"] }),
      }),
      line(4, { source: { ...pod("web-7d4b9c6f5-x2x7k"), namespace: "other" } }),
    ];
    for (const order of [texts, [...texts].reverse()]) {
      const capture = new TestCapture();
      for (const [i, text] of order.entries()) capture.add(String(i), lines(text));
      expect(actors(capture)).toEqual([
        "other/web-7d4b9c6f5-x2x7k other/web pod-name",
        "shop/api-6b746f74dc-9rcxx shop/api pod-name",
        "shop/db-0 shop/postgres labels",
        "shop/web-7d4b9c6f5-bbbbb shop/frontend record",
        "shop/web-7d4b9c6f5-x2x7k shop/frontend record",
      ]);
    }
  });

  it("of sides without a pod are those of all pods of their identity, if it is one; else labels'", () => {
    const labels = { labels: ["k8s:k8s-app=dns"] };
    const at = (identity: number, more = {}) => ({
      ...pod("", { pod_name: undefined, ...labels, ...more }),
      identity,
    });
    const named = (name: string) => ({ workloads: [{ kind: "Deployment", name }], ...labels });
    const texts = [
      line(1, { source: at(300) }),
      line(2, { source: { ...pod("core-x2x7k", named("coredns")), identity: 300 }, destination: at(301) }),
      line(3, { source: { ...pod("a-x2x7k", named("a")), identity: 301 } }),
      line(4, { source: { ...pod("b-x2x7k", named("b")), identity: 301 } }),
    ];
    for (const order of [texts, [...texts].reverse()]) {
      const capture = new TestCapture();
      capture.add("a", lines(...order));
      expect(actors(capture).filter((actor) => !actor.includes("x2x7k"))).toEqual([
        "shop/coredns shop/coredns record",
        "shop/dns shop/dns labels",
      ]);
    }
  });

  it("of the world come from records and DNS answers of the same cluster, first by alphabet", () => {
    const to = (ip: string, more = {}) => ({
      IP: { source: "10.0.0.1", destination: ip },
      destination: { identity: 2 },
      ...more,
    });
    const dns = (query: string, ips: string[]) => ({
      Type: "L7",
      l7: { type: "RESPONSE", dns: { query, ips, ttl: 5 } },
    });
    const texts = [
      line(1, to("192.0.2.1")),
      line(2, dns("B.example.com.", ["192.0.2.1", "192.0.2.9"])),
      line(3, dns("a.example.com.", ["192.0.2.1"])),
      line(4, to("192.0.2.2", { destination_names: ["c.example.com"] })),
      line(5, to("192.0.2.2")),
      line(
        6,
        to("192.0.2.3", {
          destination: { identity: 16_777_217, labels: ["cidr:192.0.2.0/28", "reserved:world"] },
        }),
      ),
      line(7, to("192.0.2.3")),
      line(8, to("192.0.2.4")),
      line(9, { ...to("192.0.2.1"), node_name: "prod/n1" }),
    ];
    for (const order of [texts, [...texts].reverse()]) {
      const capture = new TestCapture();
      capture.add("a", lines(...order));
      expect(actors(capture, "kind")).toEqual([
        "cidr:192.0.2.0/28 world",
        "dns:a.example.com world",
        "dns:c.example.com world",
        "ip:192.0.2.1@prod world",
        "ip:192.0.2.4 world",
      ]);
    }
  });

  it("keep their ids while they are there, and go with the last record", () => {
    const capture = new TestCapture();
    const first = capture.add(
      "a",
      lines(line(1, { source: pod("web-0") }), line(2, { source: pod("db-0") })),
    );
    const idOf = (key: string) =>
      capture.database.prepare("SELECT id FROM Actor WHERE key = ?").get([key])?.id;
    const id = idOf("shop/web-0");
    capture.add("b", lines(line(3, { source: pod("a-0") }), line(4, { source: pod("web-0") })));
    expect(idOf("shop/web-0")).toBe(id);
    capture.remove(first.id);
    expect(idOf("shop/web-0")).toBe(id);
    expect(idOf("shop/db-0")).toBeUndefined();
  });
});

describe("the neighbourhood of a change", () => {
  it.each([
    ["everything, when no silence is longer than 65 s", [0, 60, 125, 190], [60, 60], [null, null]],
    ["what lies between silences", [0, 66, 100, 170], [100, 100], [66, 100]],
    ["to the end, when nothing follows", [0, 66, 100], [100, 100], [66, null]],
    ["a change between silences alone", [0, 200], [100, 100], [100, 100]],
  ] as const)("is %s", (_name, at, [first, last], [from, to]) => {
    const capture = new TestCapture();
    capture.add("a", lines(...at.map((second) => line(second))));
    const base = BigInt(Date.UTC(2026, 7, 21, 12)) * 1_000_000n;
    const ns = (second: number) => base + BigInt(second) * 1_000_000_000n;
    expect(neighbourhoodOf(capture.database, { firstNs: ns(first), lastNs: ns(last) })).toEqual({
      fromNs: from === null ? null : ns(from),
      toNs: to === null ? null : ns(to) + 1n,
    });
  });
});

if (existsSync(REAL)) describe("real logs", testRealLogs);
else
  describe("real logs", () => {
    it("are not there: ../shared/data/real is missing, so nothing was tested over them", () => {
      expect(existsSync(REAL)).toBe(false);
    });
  });

function testRealLogs(): void {
  it("have 50 records without is_reply in the Bookinfo TCP file; all of them find their client", () => {
    const capture = new TestCapture();
    const text = readFileSync(`${REAL}/bookinfo-kind-tcp.jsonl`, "utf8");
    capture.add("tcp", text);
    const records = text.split("\n").filter((row) => row !== "");
    const open = records.map((row) => JSON.parse(row).flow).filter((flow) => flow.is_reply === undefined);
    expect(open).toHaveLength(50);
    // By hand in a second way: the key of a connection whatever its direction, and who asks according to its own records.
    const told = new Map<string, string>();
    const end = (ip: string, port: number) => `${ip}:${port}`;
    const ends = (flow: {
      IP: { source: string; destination: string };
      l4: { TCP: { source_port: number; destination_port: number } };
    }) =>
      [
        end(flow.IP.source, flow.l4.TCP.source_port),
        end(flow.IP.destination, flow.l4.TCP.destination_port),
      ] as const;
    for (const row of records) {
      const { flow } = JSON.parse(row);
      const [source, destination] = ends(flow);
      const key = [source, destination].sort().join(" ");
      if (flow.is_reply !== undefined) told.set(key, flow.is_reply ? destination : source);
    }
    for (const flow of open) {
      const [source, destination] = ends(flow);
      const key = [source, destination].sort().join(" ");
      const { SYN, ACK } = flow.l4.TCP.flags ?? {};
      if (SYN && !told.has(key)) told.set(key, ACK ? destination : source);
    }
    const expected = new Map<string, number>();
    for (const flow of open) {
      const [source, destination] = ends(flow);
      const client = told.get([source, destination].sort().join(" "));
      const { SYN, ACK } = flow.l4.TCP.flags ?? {};
      const by = SYN ? "tcp-flags" : client === undefined ? "ports" : "same-connection";
      const asks = SYN ? !ACK : client === undefined ? flow.l4.TCP.source_port >= 32_768 : client === source;
      const word = `${by} ${asks ? 1 : 2}`;
      expected.set(word, (expected.get(word) ?? 0) + 1);
    }
    const found = capture.database
      .prepare(
        "SELECT p.clientBy || ' ' || p.clientSide AS word, count(*) AS n FROM Flow f JOIN Pair p ON p.id = f.pairId WHERE p.clientBy NOT IN ('is-reply', 'reply') GROUP BY 1",
      )
      .all([]);
    expect(new Map(found.map(({ word, n }) => [word, n]))).toEqual(expected);
  });

  it("are settled the same when they are settled again", () => {
    const capture = new TestCapture();
    for (const file of readdirSync(REAL)) capture.add(file, readFileSync(`${REAL}/${file}`));
    const state = () =>
      [
        "SELECT id, pairId FROM Flow",
        "SELECT * FROM Actor",
        "SELECT * FROM Address",
        "SELECT id, actorId, addressId FROM Endpoint",
      ].map((sql) => capture.database.prepare(`${sql} ORDER BY id`).all([]));
    const before = state();
    runSteps(capture.database, { fromNs: null, toNs: null });
    expect(state()).toEqual(before);
  });
}
