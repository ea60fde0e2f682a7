import { describe, expect, it } from "vitest";
import { explainFqdn, type FqdnFacts, type Lookup } from "./fqdn";

const SECOND = 1_000_000_000n;
const lookup = (seconds: number, more: Partial<Lookup> = {}): Lookup => ({
  name: "api.example.com",
  pod: "shop/web-1",
  atNs: BigInt(seconds) * SECOND,
  ips: ["192.0.2.7"],
  ttlSeconds: 30,
  ...more,
});
const FACTS: FqdnFacts = {
  droppedNs: 100n * SECOND,
  pod: "shop/web-1",
  ip: "192.0.2.7",
  lookups: [],
  hasClientDns: true,
  client: "shop/web",
};

describe("why toFQDNs did not cover an address", () => {
  it.each<readonly [string, Partial<FqdnFacts>, string]>([
    ["name-not-allowed", { lookups: [lookup(80)] }, "asked for api.example.com 20 s before the drop"],
    ["name-not-allowed", { lookups: [lookup(10, { ttlSeconds: null })] }, "no toFQDNs rule"],
    // The TTL of 30 s was over after 60 s; a later answer would have been young enough.
    ["expired", { lookups: [lookup(40)] }, "TTL 30 s"],
    ["name-not-allowed", { lookups: [lookup(40), lookup(90)] }, "10 s before"],
    ["later", { lookups: [lookup(101)] }, "only after the drop"],
    ["other-pod", { lookups: [lookup(80, { pod: "shop/api-1" })] }, "given to shop/api-1"],
    ["elsewhere", {}, "none of them gave 192.0.2.7"],
    ["not-seen", { hasClientDns: false }, "did not go through the DNS proxy"],
  ])("%s", (state, facts, part) => {
    const told = explainFqdn({ ...FACTS, ...facts });
    expect(told.state).toBe(state);
    expect(told.says).toContain(part);
  });
});
