import { describe, expect, it } from "vitest";
import { type ClientLoad, likelyReason, type PodLoad, type WorkloadLoad } from "./imbalance-reason";

const END = 600_000_000_000n;

const pod = (events: number, members: Partial<PodLoad> = {}): PodLoad => ({
  ...{ pod: `shop/pod-${events}`, events, drops: 0, attempts: 0, requests: 0 },
  ...{ firstNs: 0n, lastNs: END, node: undefined },
  ...members,
});
const client = (name: string, to: string, members: Partial<ClientLoad> = {}): ClientLoad => ({
  ...{ client: `shop/${name}`, pod: `shop/${to}`, node: undefined, events: 10, attempts: 0 },
  ...members,
});
const load = (pods: readonly PodLoad[], members: Partial<WorkloadLoad> = {}): WorkloadLoad => ({
  ...{ pods, clients: [], headlessName: undefined },
  ...members,
});
const [busy, quiet] = [pod(500), pod(50)];

describe("the likely reason of an uneven spread", () => {
  it.each<readonly [string, WorkloadLoad, string, string | RegExp | null]>([
    ["none for an even spread", load([pod(100), pod(110)]), "even", null],
    ["not knowable without pods", load([]), "not knowable here", /name no pods/],
    ["not knowable of one pod", load([pod(900)]), "not knowable here", /Only one/],
    ["not knowable from a handful", load([pod(20), pod(1)]), "not knowable here", /Fewer than 30/],
    ["not knowable without connections", load([busy, quiet]), "not knowable here", /Nothing that a flow log/],
    [
      "drops at the pod that has little",
      load([pod(500, { drops: 2 }), pod(50, { drops: 9 })]),
      "drops",
      "9 of 11 drops hit the pods that have little load.",
    ],
    [
      "not drops at the busy pod",
      load([pod(500, { drops: 9 }), pod(50, { drops: 2 })]),
      "not knowable here",
      /Nothing/,
    ],
    [
      "a pod that began late",
      load([busy, pod(50, { firstNs: 480_000_000_000n })], {}),
      "shorter life",
      "shop/pod-50 was there for 20 % of the time: its flows began 8 min after the others'.",
    ],
    [
      "a pod that ended early",
      load([busy, pod(50, { lastNs: 60_000_000_000n })]),
      "shorter life",
      "shop/pod-50 was there for 10 % of the time: its flows ended 9 min before the others'.",
    ],
    [
      "a client that brings most of it to one pod",
      load([busy, quiet], {
        clients: [
          client("heavy", "pod-500", { events: 400 }),
          client("heavy", "pod-50", { events: 20 }),
          client("other", "pod-50", { events: 80 }),
        ],
      }),
      "one heavy client",
      "shop/heavy brings 84 % of what clients send, and 95 % of it goes to shop/pod-500.",
    ],
    [
      "clients that always reach the same pod",
      load([busy, quiet], {
        clients: ["a", "b", "c", "d"].map((name, at) =>
          client(name, at === 0 ? "pod-50" : "pod-500", { attempts: 4 }),
        ),
      }),
      "session affinity",
      "4 of 4 clients that connected at least 3 times always reached the same pod.",
    ],
    [
      "many requests on few connections",
      load([pod(500, { attempts: 2, requests: 400 }), pod(50, { attempts: 1, requests: 8 })]),
      "long connections",
      "408 requests came on 3 connections: a Service balances connections, not requests.",
    ],
    [
      "traffic that stays on the client's node",
      load([pod(500, { node: "one" }), pod(50, { node: "two" })], {
        clients: [
          client("a", "pod-500", { node: "one", events: 40 }),
          client("b", "pod-500", { node: "one", events: 40 }),
          client("c", "pod-50", { node: "two", events: 10 }),
          client("c", "pod-500", { node: "two", events: 10 }),
        ],
      }),
      "node skew",
      /^90 % of the traffic stays on the client's node/,
    ],
    [
      "no node skew where less than four fifths stay on the client's node",
      load([pod(500, { node: "one" }), pod(50, { node: "two" })], {
        clients: [
          client("a", "pod-500", { node: "one", events: 40 }),
          client("b", "pod-500", { node: "one", events: 39 }),
          client("c", "pod-500", { node: "two", events: 21 }),
        ],
      }),
      "not knowable here",
      /Nothing/,
    ],
    [
      "node skew where four fifths do",
      load([pod(500, { node: "one" }), pod(50, { node: "two" })], {
        clients: [
          client("a", "pod-500", { node: "one", events: 40 }),
          client("b", "pod-500", { node: "one", events: 40 }),
          client("c", "pod-500", { node: "two", events: 20 }),
        ],
      }),
      "node skew",
      /^80 % /,
    ],
    [
      "a name that DNS answers with the pods' addresses",
      load([busy, quiet], { headlessName: "db.shop.svc.cluster.local" }),
      "headless DNS",
      /db\.shop\.svc\.cluster\.local/,
    ],
    [
      "connections that go to one pod, for no reason that shows",
      load([pod(500, { attempts: 100, requests: 100 }), pod(50, { attempts: 10, requests: 10 })]),
      "connections",
      "The connections themselves are uneven: 100, 10. The log does not say why.",
    ],
    [
      "not knowable when connections are even",
      load([pod(500, { attempts: 60 }), pod(50, { attempts: 60 })]),
      "not knowable here",
      /Nothing/,
    ],
  ])("is %s", (_name, given, reason, evidence) => {
    const found = likelyReason(given);
    expect(found.reason).toBe(reason);
    if (evidence === null || typeof evidence === "string") expect(found.evidence).toBe(evidence);
    else expect(found.evidence).toMatch(evidence);
  });

  it("does not take two clients for affinity, nor many that all reach one pod", () => {
    const few = ["a", "b"].map((name, at) => client(name, at === 0 ? "pod-50" : "pod-500", { attempts: 9 }));
    expect(likelyReason(load([busy, quiet], { clients: few })).reason).toBe("not knowable here");
    const same = ["a", "b", "c", "d"].map((name) => client(name, "pod-500", { attempts: 9 }));
    expect(likelyReason(load([busy, quiet], { clients: same })).reason).toBe("not knowable here");
  });
});
