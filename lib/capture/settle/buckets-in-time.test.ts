import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { parseFilter } from "@/lib/scope/filter";
import { listedPorts, type PortSide } from "../port-counts";
import { switchRollUps } from "../roll-ups-ready";
import { compileScope } from "../scope-sql";

afterEach(() => switchRollUps(true));

interface Packet {
  readonly second: number | undefined;
  readonly pod: "web" | "job";
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly isReply: boolean | undefined;
}

function captureOf(...files: (readonly Packet[])[]): TestCapture {
  const capture = new TestCapture();
  files.forEach((packets, file) => {
    const texts = packets.map(({ second, pod, from, to, isReply }, n) =>
      line(second, {
        uuid: `${file}-${n}`,
        source: { namespace: "shop", pod_name: pod },
        destination: { namespace: "shop", pod_name: "api" },
        IP: { source: pod === "web" ? "10.0.0.1" : "10.0.0.2", destination: "10.0.1.1", ipVersion: "IPv4" },
        l4: { UDP: { source_port: from, destination_port: to } },
        ...(isReply !== undefined && { is_reply: isReply }),
      }),
    );
    capture.add(`ports-${file}`, lines(...texts));
  });
  return capture;
}

const startNs = BigInt(Date.UTC(2026, 7, 21, 12)) * 1_000_000n;
const SECOND = 1_000_000_000n;

type Counts = Readonly<Record<string, number>>;

function listed(capture: TestCapture, q: string, side: PortSide, from?: bigint, to?: bigint): Counts {
  const filter = parseFilter(q);
  if (!filter.ok) throw new Error(filter.failure.message);
  const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const scope = compileScope(capture.database, { filter: filter.value, ...range });
  const tally = listedPorts(capture.database, scope, side, "0");
  if (tally === undefined) throw new Error("no lists hold it");
  const found = [...tally.found()].filter(({ events }) => events > 0);
  return Object.fromEntries(found.map(({ port, events }) => [String(port), events]));
}

/** By hand, packet by packet. */
function counted(packets: readonly Packet[], side: PortSide): Counts {
  const counts: Record<string, number> = {};
  for (const { from, to } of packets) {
    // Hubble leaves 0 out.
    const ports = { either: [from, to], from: [from], to: [to] }[side].map((port) => String(port));
    for (const port of new Set(ports)) counts[port] = (counts[port] ?? 0) + 1;
  }
  return counts;
}

const port = fc.constantFrom(53, 80, 40_001, 40_002, 65_535, 70_000, undefined);
const packet: fc.Arbitrary<Packet> = fc.record({
  second: fc.option(fc.integer({ min: 0, max: 3600 }), { nil: undefined }),
  pod: fc.constantFrom("web", "job"),
  from: port,
  to: port,
  isReply: fc.constantFrom(true, false, undefined),
});
const SIDES = ["either", "from", "to"] as const;

describe("lists of ports", () => {
  it("count each packet under its ports, by filter and in ranges that cut buckets", () => {
    fc.assert(
      fc.property(
        fc.array(packet, { minLength: 1, maxLength: 40 }),
        fc.array(packet, { minLength: 1, maxLength: 10 }),
        (one, other) => {
          const capture = captureOf(one, other);
          const all = [...one, ...other];
          const job = all.filter(({ pod }) => pod === "job");
          for (const side of SIDES) {
            expect(listed(capture, "", side)).toEqual(counted(all, side));
            expect(listed(capture, "from-pod:shop/job", side)).toEqual(counted(job, side));
          }
        },
      ),
      { numRuns: 25, seed: 7 },
    );
  });

  it("leave cut buckets to the flows in them", () => {
    const packets = Array.from({ length: 600 }, (_, n): Packet => {
      const isReply = n % 3 === 0;
      const [client, server] = [40_000 + (n % 7), n % 2 === 0 ? 53 : 8080];
      return {
        second: n * 6,
        pod: "web",
        from: isReply ? server : client,
        to: isReply ? client : server,
        isReply,
      };
    });
    const capture = captureOf(packets);
    for (const [from, to] of [
      [601, 2999],
      [600, 3000],
      [0, 3599],
    ] as const) {
      const within = packets.filter(({ second = -1 }) => second >= from && second < to);
      for (const side of SIDES)
        expect(
          listed(capture, "", side, startNs + BigInt(from) * SECOND, startNs + BigInt(to) * SECOND),
        ).toEqual(counted(within, side));
    }
  });
});
