import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { parseFilter } from "@/lib/scope/filter";
import { switchRollUps } from "../roll-ups-ready";
import { compileScope } from "../scope-sql";

afterEach(() => switchRollUps(true));

interface Packet {
  readonly from: number;
  readonly to: number;
  readonly isReply: boolean | undefined;
}

function captureOf(packets: readonly Packet[]): TestCapture {
  const capture = new TestCapture();
  capture.add(
    "ports",
    lines(
      ...packets.map(({ from, to, isReply }, second) =>
        line(second, {
          source: { namespace: "shop", pod_name: "web" },
          destination: { namespace: "shop", pod_name: "api" },
          IP: { source: "10.0.0.1", destination: "10.0.1.1", ipVersion: "IPv4" },
          l4: { UDP: { source_port: from, destination_port: to } },
          ...(isReply !== undefined && { is_reply: isReply }),
        }),
      ),
    ),
  );
  return capture;
}

function compiled({ database }: TestCapture, q: string) {
  const filter = parseFilter(q);
  if (!filter.ok) throw new Error(filter.failure.message);
  return compileScope(database, { filter: filter.value });
}

function found(capture: TestCapture, q: string): number {
  const { sql, parameters } = compiled(capture, q);
  return Number(capture.database.prepare(`SELECT count(*) AS n FROM Flow f WHERE ${sql}`).get(parameters)?.n);
}

const loose = ({ database }: TestCapture): unknown[] =>
  database
    .prepare("SELECT port FROM LoosePort ORDER BY port")
    .rows([])
    .map(([port]) => port);

describe("loose ports", () => {
  it("are those of clients, and both where nobody is known to be the client", () => {
    const capture = captureOf([
      { from: 40_001, to: 53, isReply: false },
      { from: 53, to: 40_001, isReply: true },
      // The client has a port that others serve.
      { from: 443, to: 8443, isReply: false },
      // Two high ports, and nothing that says who asked.
      { from: 50_000, to: 60_000, isReply: undefined },
    ]);
    expect(loose(capture)).toEqual([443, 40_001, 50_000, 60_000]);
    const isByPair = (q: string): boolean => compiled(capture, q).sql.includes("pairId");
    expect(["port:53", "to-port:8443", "port:443", "port:50000"].map(isByPair)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    switchRollUps(false);
    expect(isByPair("port:53")).toBe(false);
  });

  it("are known anew when a file comes", () => {
    const capture = captureOf([{ from: 40_001, to: 53, isReply: false }]);
    expect(loose(capture)).toEqual([40_001]);
    capture.add(
      "more",
      lines(line(9000, { l4: { UDP: { source_port: 53, destination_port: 99 } }, is_reply: false })),
    );
    expect(loose(capture)).toEqual([53, 40_001]);
    expect(found(capture, "port:53")).toBe(2);
  });

  it("or not, a filter finds what stands in the records", () => {
    const port = fc.constantFrom(53, 443, 8443, 40_001, 50_000);
    const packet = fc.record({
      from: port,
      to: port,
      isReply: fc.constantFrom(true, false, undefined),
    });
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1, maxLength: 8 }), port, (packets, wanted) => {
        const capture = captureOf(packets);
        const count = (test: (one: Packet) => boolean): number => packets.filter(test).length;
        expect([
          found(capture, `port:${wanted}`),
          found(capture, `from-port:${wanted}`),
          found(capture, `to-port:${wanted}`),
          found(capture, `!port:${wanted}`),
        ]).toEqual([
          count(({ from, to }) => from === wanted || to === wanted),
          count(({ from }) => from === wanted),
          count(({ to }) => to === wanted),
          count(({ from, to }) => from !== wanted && to !== wanted),
        ]);
      }),
      { numRuns: 10, seed: 7 },
    );
  });
});
