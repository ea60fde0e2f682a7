import { expect, it } from "vitest";
import { asked, captureOf } from "@/lib/jobs/testing-dns";
import { DNS_CELLS } from "@/lib/scope/dns-cells";
import { askDns, askResponses, reader } from "./dns-testing";
import { readFlows } from "./flows";

const CHAIN = ["edge.pay.example.", "LB-1.cdn.example."];

it("an answer says the names that it led through, in their order, and what they ended at", () => {
  const open = reader(
    captureOf(
      ...asked(1, "api.pay.example", { cnames: CHAIN, ips: ["192.0.2.8", "192.0.2.7"], ttl: 30 }),
      // The same two addresses in another order, to be kept for less.
      ...asked(2, "api.pay.example", { cnames: CHAIN, ips: ["192.0.2.7", "192.0.2.8"], ttl: 12 }),
      // Led on to a name that has no IPv6 address: an alias, so the name is no NODATA.
      ...asked(3, "api.pay.example", { cnames: CHAIN, ips: [], qtype: "AAAA" }),
      ...asked(4, "api.pay.example", { ips: [], qtype: "TXT" }),
      // Moved to another end.
      ...asked(60, "api.pay.example", { cnames: ["edge-2.pay.example."], ips: ["198.51.100.1"] }),
    ),
  );
  const { total, rows } = askResponses(open);
  expect(total).toBe(5);
  const said = rows.map(({ qtypes, addresses, names, ttlSeconds, isNoData, responses }) => [
    ...[qtypes, addresses?.join(" "), names.join(" "), ttlSeconds?.least, ttlSeconds?.most],
    ...[isNoData, responses],
  ]);
  const chain = "edge.pay.example lb-1.cdn.example";
  expect(new Set(said)).toEqual(
    new Set([
      ["A", "192.0.2.7 192.0.2.8", chain, 12, 30, false, 2],
      ["AAAA", "", chain, 30, 30, false, 1],
      ["TXT", "", "", 30, 30, false, 1],
      ["A", "198.51.100.1", "edge-2.pay.example", 30, 30, false, 1],
    ]),
  );
  for (const { filter, responses } of rows) {
    const flows = open.ask((capture) =>
      readFlows(capture, { q: `dns:response ${filter}`, limit: 1, order: "asc", total: true }),
    );
    expect([filter, flows.ok && flows.value.total?.events]).toEqual([filter, responses]);
  }
  // Names in between were not asked for.
  expect(askDns(open, "query").rows.map(({ key }) => key)).toEqual([{ query: "api.pay.example" }]);
});

it("an answer that is a search list's only at times lists those apart", () => {
  const open = reader(
    captureOf(
      // Followed by the name itself: an attempt.
      ...asked(1, "api.pay.example.shop.svc.cluster.local", { rcode: 3 }),
      ...asked(1.1, "api.pay.example"),
      // Asked for by themselves.
      ...asked(60, "api.pay.example.shop.svc.cluster.local", { rcode: 3 }),
      ...asked(90, "api.pay.example.shop.svc.cluster.local", { rcode: 3 }),
    ),
  );
  const row = askResponses(open).rows.find(({ rcode }) => rcode === "NXDOMAIN");
  expect(row).toMatchObject({ responses: 3, expansion: 1 });
  const q = `${row?.filter} ${DNS_CELLS.expansion}`;
  const flows = open.ask((capture) => readFlows(capture, { q, limit: 1, order: "asc", total: true }));
  expect(flows.ok && flows.value.total?.events).toBe(1);
});
