import { describe, expect, it } from "vitest";
import { parseFilter } from "@/lib/scope/filter";
import type { MaskKind } from "./kinds";
import { MASK_KINDS } from "./kinds";
import { maskCase, maskLink } from "./mask-case";
import { redact } from "./testing";

const side = (pod: string, identity: number) => ({
  identity,
  namespace: "payments",
  pod_name: pod,
  labels: ["k8s:app=ledger"],
  workloads: [{ name: "ledger", kind: "Deployment" }],
});
const LINE = JSON.stringify({
  flow: {
    verdict: "DROPPED",
    IP: { source: "10.244.1.60", destination: "20.50.3.4" },
    source: side("ledger-7d4b9c6f5-x2x7k", 31876),
    destination: { identity: 2, labels: ["reserved:world"] },
    destination_names: ["api.acme-bank.example"],
    node_name: "prod/node-7",
  },
});

const masked = (kinds: readonly MaskKind[]) => redact([LINE], kinds).mask;
const all = masked(MASK_KINDS);
const q = (text: string) => new URLSearchParams({ q: text, revision: "3" }).toString();
const filterOf = (link: string | undefined) => new URLSearchParams(link).get("q") ?? "none";

describe("the link of a pin that goes along", () => {
  it.each([
    [
      "verdict:DROPPED drop:yes to-port:443 decided-by:default-deny,policy",
      /^verdict:DROPPED drop:yes to-port:443 decided-by:default-deny,policy$/,
    ],
    ["workload:payments/ledger", /^workload:[a-z]{16}\/[a-z]{16}$/],
    ["pod:payments/ledger-7d4b9c6f5-x2x7k", /^pod:[a-z]{16}\/[a-z]{16}-[a-z0-9]{9}-[a-z0-9]{5}$/],
    [
      "client:payments/ledger server:dns:api.acme-bank.example",
      /^client:[a-z]{16}\/[a-z]{16} server:dns:([a-z.]+)$/,
    ],
    ["to-ip:20.50.3.4", /^to-ip:(?!20\.50\.3\.4)\d+(\.\d+){3}$/],
    ["ip:10.244.0.0/16", /^ip:10\.(?!244)\d+\.0\.0\/16$/],
    ["identity:31876 to-identity:world", /^identity:(?!31876)\d+ to-identity:world$/],
    ["label:app=ledger", /^label:app=[a-z]{16}$/],
    ["!node-name:prod/node-7", /^!node-name:[a-z]{16}\/[a-z]{16}-7$/],
    ["namespace:kube-system", /^namespace:kube-system$/],
  ])("%s names the same in the copy", (text, expected) => {
    const link = maskLink(all, q(text));
    expect(filterOf(link)).toMatch(expected);
    expect(parseFilter(filterOf(link)).ok).toBe(true);
  });

  it.each([
    "pod:payments/ledger-7d",
    "namespace:paym",
    'http-path:"/accounts/\\d+"',
    "dns-query:acme",
    "text:acme",
    "cause:1f0c93ab",
    "file:node-7.log",
    "to-ip:20.50.3.5",
  ])("%s is left out: it may say more than a list of values knows", (text) => {
    expect(maskLink(all, q(text))).toBeUndefined();
  });

  it("keeps what the view looks like, and forgets what was open", () => {
    const link = maskLink(
      all,
      "q=&by=cause&level=pod&cause=1f0c93ab&flow=a9d3a536e75d0736.1&open=%5B%22payments%2Fledger%22%5D&find=ledg&revision=3",
    );
    const params = new URLSearchParams(link);
    expect([...params.keys()]).toEqual(["q", "by", "level", "open", "revision"]);
    expect(params.get("open")).toMatch(/^\["[a-z]{16}\/[a-z]{16}"\]$/);
  });

  it("leaves names alone that are not masked", () => {
    expect(filterOf(maskLink(masked(["ips"]), q("pod:payments/ledger-7d ip:10.244.1.60")))).toMatch(
      /^pod:payments\/ledger-7d ip:10\.(?!244)/,
    );
  });
});

it("a case is masked in all that it says, and counts the pins that it leaves out", () => {
  const pin = {
    id: "pin00001",
    view: "flows",
    link: q("workload:payments/ledger"),
    title: "Flows of ledger",
    note: "See **payments**.",
    pinnedAt: "",
  };
  const { case: text, leftOut } = maskCase(all, {
    title: "ledger is down",
    notes: "10.244.1.60 calls acme-bank.example",
    pins: [pin, { ...pin, id: "pin00002", link: q("text:acme") }],
  });
  expect(leftOut).toBe(1);
  expect(text.pins.map(({ id }) => id)).toEqual(["pin00001"]);
  expect(JSON.stringify(text)).not.toMatch(/ledger|payments|10\.244|acme/);
  expect(text.title).toMatch(/^[a-z]{16} is down$/);
});
