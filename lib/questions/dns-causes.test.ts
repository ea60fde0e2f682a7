import { describe, expect, it } from "vitest";
import { asked, captureOf } from "@/lib/jobs/testing-dns";
import { askCauses, reader } from "./dns-testing";

/** One sentence to find each, with how many it counts. */
function findings(texts: readonly string[], type: string, q = "") {
  return askCauses(reader(captureOf(...texts)), { q })
    .rows.filter((row) => row.type === type)
    .map(({ sentence, count, unit }) => [sentence, count, unit]);
}

describe("what is wrong with DNS", () => {
  it("SERVFAIL is told by the resolver, with the domain that its names share", () => {
    const log = [
      ...asked(1, "a.corp.example", { rcode: 2 }),
      ...asked(2, "b.corp.example", { rcode: 2 }),
      ...asked(3, "c.other.example"),
    ];
    expect(findings(log, "servfail")).toEqual([
      [
        "kube-system/coredns answers SERVFAIL to 2 of 3 questions, for 2 names, all below corp.example.",
        2,
        "responses",
      ],
    ]);
  });

  it("questions asked again are told with what they cost", () => {
    const log = [...asked(1, "slow.example", { after: null }), ...asked(6, "slow.example")];
    expect(findings(log, "retries")).toEqual([
      [
        "One question to kube-system/coredns had to be asked again by one workload; programs waited 5 s for it.",
        1,
        "queries",
      ],
    ]);
  });

  it("a search list that ends with a refusal is told with the rule that all its names need", () => {
    const log = asked(1, "api.pay.example.shop.svc.cluster.local", { after: "refused" });
    const [row] = askCauses(reader(captureOf(...log))).rows.filter(({ type }) => type === "stopped-walk");
    expect(row).toMatchObject({ count: 1, clients: 1, client: { namespace: "shop", name: "web" } });
    expect(row?.remedy.yaml).toContain(`    - matchName: "api.pay.example"
    - matchName: "api.pay.example.shop.svc.cluster.local"
    - matchName: "api.pay.example.svc.cluster.local"
    - matchName: "api.pay.example.cluster.local"
`);
    const goesOn = [...log, ...asked(1.1, "api.pay.example")];
    expect(findings(goesOn, "stopped-walk")).toEqual([]);
  });

  it("AAAA without data is noise once there is much of it", () => {
    const log = (count: number) =>
      Array.from({ length: count }, (_, n) => asked(n, `n${n}.example`, { qtype: "AAAA", ips: [] })).flat();
    expect(findings(log(49), "ipv6-noise")).toEqual([]);
    expect(findings(log(50), "ipv6-noise")).toEqual([
      [
        "100 % of answers (50) say that a name has no IPv6 address (AAAA, NODATA), asked by one workload.",
        50,
        "responses",
      ],
    ]);
  });

  it("a name whose addresses changed is told with both", () => {
    const log = [
      ...asked(1, "db.example", { ips: ["192.0.2.1"] }),
      ...asked(60, "db.example", { ips: ["192.0.2.2", "192.0.2.3"] }),
      ...asked(61, "cdn.example", { ips: ["192.0.2.4"] }),
      ...asked(62, "cdn.example", { ips: ["192.0.2.4", "192.0.2.5"] }),
    ];
    expect(findings(log, "answers-changed")).toEqual([
      [
        expect.stringMatching(
          /^The addresses of db\.example \(A\) changed at .*: 192\.0\.2\.1 before, 192\.0\.2\.2, 192\.0\.2\.3 since\.$/,
        ),
        2,
        "responses",
      ],
    ]);
  });

  it("names that look like data are a suspicion of the workload that asks for them", () => {
    const digits = (n: number) =>
      ((BigInt(n + 1) * 0x9e3779b97f4a7c15f39cc0605cedc835n) % 2n ** 128n).toString(16);
    const log = Array.from({ length: 20 }, (_, n) => asked(n, `${digits(n)}.t.example.com`)).flat();
    expect(findings(log, "random-labels")).toEqual([
      [
        expect.stringContaining(
          "shop/web asks for 20 names below example.com that look like data (20 questions",
        ),
        20,
        "queries",
      ],
    ]);
    expect(findings(log, "random-labels", "dns-root:nothing")).toEqual([]);
  });

  it("a name that stopped resolving says until when it worked", () => {
    const log = [
      ...asked(1, "gone.example"),
      ...asked(60, "gone.example", { rcode: 3 }),
      ...asked(90, "gone.example", { rcode: 3 }),
    ];
    const [row] = askCauses(reader(captureOf(...log))).rows.filter(({ type }) => type === "failing-name");
    expect(row).toMatchObject({
      class: "broken-since",
      count: 2,
      unit: "responses",
      subject: "gone.example",
    });
    expect(row?.worked.before).toMatch(/01/);
    expect(row?.worked.since).toBeNull();
  });
});
