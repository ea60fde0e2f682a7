import { describe, expect, it } from "vitest";
import { asked, captureOf } from "@/lib/jobs/testing-dns";
import { askDns, keyText, reader } from "./dns-testing";

describe("names as they were meant", () => {
  const capture = () =>
    captureOf(
      // Completed by the second suffix: the name as it is was never asked for.
      ...asked(1, "orders.data.shop.svc.cluster.local", { rcode: 3 }),
      ...asked(1.1, "orders.data.svc.cluster.local"),
      // All suffixes in vain, then as it is.
      ...asked(5, "api.example.shop.svc.cluster.local", { rcode: 3 }),
      ...asked(5.1, "api.example.svc.cluster.local", { rcode: 3 }),
      ...asked(5.2, "api.example.cluster.local", { rcode: 3 }),
      ...asked(5.3, "api.example"),
      // Really missing, though below the cluster's domain.
      ...asked(9, "gone.shop.svc.cluster.local", { rcode: 3 }),
    );

  it("hold attempts of the search list and what completed them, and hide no name that is missing", () => {
    const { rows } = askDns(reader(capture()), "root");
    expect(rows.map((row) => [keyText(row), row.names, row.queries, row.expansion, row.errors])).toEqual([
      ["gone.shop.svc.cluster.local", 1, 1, 0, { NXDOMAIN: 1 }],
      ["api.example", 4, 4, 3, { NXDOMAIN: 3 }],
      ["orders.data", 2, 2, 1, { NXDOMAIN: 1 }],
    ]);
    expect(rows.map(({ filter }) => filter)).toEqual([
      "dns-root:gone.shop.svc.cluster.local",
      "dns-root:api.example",
      "dns-root:orders.data",
    ]);
  });

  it("unfold into the names that were asked for", () => {
    const { rows } = askDns(reader(capture()), "query", { q: "dns-root:orders.data" });
    expect(rows.map((row) => [keyText(row), row.expansion])).toEqual([
      ["orders.data.shop.svc.cluster.local", 1],
      ["orders.data.svc.cluster.local", 0],
    ]);
  });

  it("tell the root of all names from records without a name", () => {
    const nameless = asked(2, "masked", { rcode: 5 }).map((text) => text.replace('"query":"masked.",', ""));
    const open = reader(captureOf(...asked(1, ""), ...nameless, ...asked(3, "a.example")));
    const { rows } = askDns(open, "root");
    expect(rows.map((row) => [row.key, row.filter, row.queries]).sort()).toEqual([
      [{ root: "." }, "dns-root:.", 1],
      [{ root: null }, "dns-root:?", 1],
      [{ root: "a.example" }, "dns-root:a.example", 1],
    ]);
    for (const { filter, queries } of rows)
      expect([filter, askDns(open, "query", { q: filter }).total.queries]).toEqual([filter, queries]);
  });
});
