import { describe, expect, it } from "vitest";
import { compileScope } from "@/lib/capture/scope-sql";
import { FLOWS } from "@/lib/capture/testing/records";
import { line, lines, TestCapture, timeAt } from "@/lib/jobs/testing";
import { parseFilter } from "@/lib/scope/filter";
import type { FacetsAnswer } from "../answers";
import { OpenCapture } from "../open-capture";
import { type FacetsParameters, readFacets } from "./facets";

function reader(capture: TestCapture): OpenCapture {
  const open = OpenCapture.open(capture.file);
  if (!open.ok) throw new Error(open.failure.message);
  return open.value;
}

function ask(open: OpenCapture, parameters: Partial<FacetsParameters> & { keys: string }): FacetsAnswer {
  const answer = readFacets(open, { limit: 1000, ...parameters });
  if (!answer.ok) throw new Error(`${answer.failure.message} ${answer.failure.hint ?? ""}`);
  return answer.value;
}

/** Events that a filter finds: the other way to every number of a facet. */
function eventsOf({ database }: OpenCapture, q: string): number {
  const filter = parseFilter(q);
  if (!filter.ok) throw new Error(`${q}: ${filter.failure.message}`);
  const { sql, parameters } = compileScope(database, { filter: filter.value });
  return Number(
    database.prepare(`SELECT coalesce(sum(f.events), 0) AS events FROM Flow f WHERE ${sql}`).get(parameters)
      ?.events,
  );
}

/** Every kind of flow that the filter's tests know, settled. */
function generated(): OpenCapture {
  const capture = new TestCapture();
  const json = FLOWS.slice(0, 500).map((flow) => JSON.stringify({ flow: { ...flow, uuid: undefined } }));
  capture.add("a.log", lines(...json.slice(0, 300)));
  capture.add("b.log", lines(...json.slice(250)));
  // Nothing new: the same bytes, and some of them in another order.
  capture.add("b-again.log", lines(...json.slice(250)));
  capture.add("some.log", lines(...json.slice(200, 280).reverse()));
  return reader(capture);
}

const SINGLE =
  "verdict type drop-reason-desc traffic-direction node-name ip-version http-method http-status interface encrypted reply " +
  "client server client-namespace server-namespace client-pod server-pod server-port edge drop decided-by direction " +
  "trace-point dns-query dns-rcode not-a-loss aggregated from-pod from-identity to-cluster from-port to-service";
const SEVERAL =
  "namespace from-namespace pod service workload to-workload port ip protocol label from-label fqdn identity cluster tcp-flags node-label policy file cause http-path http-url http-header";

/**
 * Values that find more than they count, because the filter has no word for "without": a name without a namespace (or
 * a workload without a kind) is one in any, and the whole world bears the key of its nameless part.
 */
function isWider(key: string, value: string): boolean {
  if (value === "?" || value === "-") return false;
  if (/workload/.test(key)) return !/^(shop|bank|kube-system)\/[A-Z]/.test(value);
  if (/pod|service/.test(key)) return !/^"?(shop|bank|edge|kube-system)\//.test(value);
  return /^(client|server|edge)$/.test(key) && value.includes("reserved:world");
}

describe("a facet", () => {
  const scopes = ["", "verdict:DROPPED", "!pod:web from-namespace:shop protocol:tcp,dns"];

  it.each(scopes)("counts for each value what the filter with that value finds, within %j", (q) => {
    const open = generated();
    for (const keys of `${SINGLE} ${SEVERAL}`.split(" ")) {
      // Its own terms do not count; none of these stands in the scopes with its side, but these.
      const others = q
        .split(" ")
        .filter((term) => term.replace("!", "").split(":")[0] !== keys)
        .join(" ");
      const facet = ask(open, { keys, q }).facets[keys];
      const wrong = facet?.values.flatMap(({ value, events }) => {
        if (isWider(keys, value)) return [];
        const found = eventsOf(open, `${others} ${keys}:${value}`);
        return found === events ? [] : [{ term: `${keys}:${value}`, events, found }];
      });
      expect(wrong).toEqual([]);
      expect([keys, facet?.values.length]).not.toEqual([keys, 0]);
    }
    open.close();
  });

  it.each(scopes)("of a key with one value in each record adds up to the events, within %j", (q) => {
    const open = generated();
    for (const keys of SINGLE.split(" ")) {
      const others = q
        .split(" ")
        .filter((term) => term.replace("!", "").split(":")[0] !== keys)
        .join(" ");
      const sum = ask(open, { keys, q }).facets[keys]?.values.reduce(
        (total, { events }) => total + events,
        0,
      );
      expect([keys, sum]).toEqual([keys, eventsOf(open, others)]);
    }
    open.close();
  });

  it("is counted without its own terms, by side, and with all others", () => {
    const capture = new TestCapture();
    const flow = (n: number, from: string, to: string, verdict: string) =>
      line(n, { verdict, source: { namespace: from }, destination: { namespace: to } });
    capture.add(
      "a",
      lines(
        flow(0, "shop", "bank", "FORWARDED"),
        flow(1, "shop", "shop", "DROPPED"),
        flow(2, "bank", "shop", "DROPPED"),
        flow(3, "edge", "bank", "DROPPED"),
      ),
    );
    const open = reader(capture);
    const facets = ask(open, {
      keys: "verdict,namespace,from-namespace",
      q: "verdict:DROPPED from-namespace:shop,bank",
    }).facets;
    expect(facets).toEqual({
      verdict: {
        sided: false,
        values: [
          { value: "DROPPED", events: 2 },
          { value: "FORWARDED", events: 1 },
        ],
        more: 0,
      },
      // shop at both ends counts once.
      namespace: {
        sided: true,
        values: [
          { value: "shop", events: 2 },
          { value: "bank", events: 1 },
        ],
        more: 0,
      },
      "from-namespace": {
        sided: false,
        values: [
          { value: "bank", events: 1 },
          { value: "edge", events: 1 },
          { value: "shop", events: 1 },
        ],
        more: 0,
      },
    });
    expect(ask(open, { keys: "verdict", from: timeAt(3) }).facets.verdict?.values).toEqual([
      { value: "DROPPED", events: 1 },
    ]);
    open.close();
  });

  it("offers no value of a header that has too many to be kept, though the first were kept", () => {
    const capture = new TestCapture();
    const http = (n: number, id: string) =>
      line(n, {
        Type: "L7",
        l7: {
          type: "REQUEST",
          http: {
            headers: [
              { key: "x-id", value: id },
              { key: "x-tenant", value: "blue" },
            ],
          },
        },
      });
    const ids = [...Array.from({ length: 40 }, (_, n) => `id-${n}`), "id-0"];
    capture.add("a", lines(...ids.map((id, n) => http(n, id))));
    const open = reader(capture);
    expect(ask(open, { keys: "http-header" }).facets["http-header"]?.values).toEqual([
      { value: "x-tenant:blue", events: 41 },
    ]);
    expect(eventsOf(open, "http-header:x-id:id-0")).toBe(2);
    open.close();
  });

  it("lists the largest, says how many more there are, and finds by a beginning", () => {
    const capture = new TestCapture();
    const pods = ["web-1", "web-2", "api-1", "api-1", "we b"];
    capture.add(
      "a",
      lines(...pods.map((pod_name, n) => line(n, { source: { namespace: "shop", pod_name } }))),
    );
    const open = reader(capture);
    expect(ask(open, { keys: "from-pod", limit: 2 }).facets["from-pod"]).toEqual({
      sided: false,
      values: [
        { value: "shop/api-1$", events: 2 },
        { value: '"shop/we b$"', events: 1 },
      ],
      more: 2,
    });
    const begun = (prefix: string) =>
      ask(open, { keys: "from-pod", prefix }).facets["from-pod"]?.values.map(({ value }) => value);
    expect(begun("WEB")).toEqual(["shop/web-1$", "shop/web-2$"]);
    expect(begun("shop/w")).toEqual(['"shop/we b$"', "shop/web-1$", "shop/web-2$"]);
    expect(begun("eb")).toEqual([]);
    open.close();
  });

  it("leaves out what no filter could say, and does not take it for nothing", () => {
    const capture = new TestCapture();
    const records = [
      { destination: { labels: ["k8s:app", "k8s:note=a,b"] }, destination_names: ["db.example.com"] },
      { destination: { labels: ["k8s:app=web"] }, destination_names: ["*.example.com"] },
      { destination: { labels: ["unspec:a b"] }, destination_names: ["x\\y"], node_labels: ["pool=a b"] },
      { destination: { labels: ["reserved:host"] }, node_labels: ["zone", "pool=a"] },
      { destination: {}, node_labels: ["zone=z"] },
    ];
    capture.add("a", lines(...records.map((record, n) => line(n, record))));
    const open = reader(capture);
    const values = (keys: string) => ask(open, { keys }).facets[keys]?.values;
    // A label without a value is spelled with an empty one: the key alone finds those with any.
    expect(values("to-label")).toEqual([
      { value: "-", events: 1 },
      { value: "k8s:app=", events: 1 },
      { value: "k8s:app=web", events: 1 },
      { value: "reserved:host", events: 1 },
    ]);
    expect(eventsOf(open, "to-label:k8s:app=")).toBe(1);
    expect(eventsOf(open, "to-label:k8s:app")).toBe(2);
    expect(values("to-fqdn")).toEqual([
      { value: "-", events: 2 },
      { value: "db.example.com", events: 1 },
    ]);
    expect(values("node-label")).toEqual([
      { value: "-", events: 2 },
      { value: "pool=a", events: 1 },
      { value: "zone=", events: 1 },
      { value: "zone=z", events: 1 },
    ]);
    open.close();
  });

  it("of keys that do not add up says so", () => {
    const open = generated();
    const { notes } = ask(open, { keys: "verdict,pod,from-pod,tcp-flags,to-namespace" }).meta;
    expect(notes.filter((note) => note.startsWith("pod: either end"))).toHaveLength(1);
    expect(notes.filter((note) => note.startsWith("tcp-flags: "))).toHaveLength(1);
    expect(notes.filter((note) => note.startsWith("to-namespace: "))).toHaveLength(1);
    expect(notes.some((note) => /^(verdict|from-pod):/.test(note))).toBe(false);
    open.close();
  });

  it.each([
    ["nonsense", "no facet `nonsense`"],
    ["verdict,uuid", "no facet `uuid`"],
    ["", "no facet ``"],
    [Array.from({ length: 13 }, (_, n) => `k${n}`).join(","), "At most 12"],
  ])("by %j is refused", (keys, part) => {
    const open = generated();
    const answer = readFacets(open, { keys, limit: 1 });
    expect(answer).toMatchObject({ ok: false, failure: { code: "bad_request" } });
    expect(!answer.ok && answer.failure.message).toContain(part);
    open.close();
  });
});
