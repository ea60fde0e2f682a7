import { describe, expect, it } from "vitest";
import { formatFilter } from "@/lib/scope/filter";
import { actorName, edgeTerms } from "./actors";

describe("the name of a side", () => {
  it.each([
    ["shop/web", "shop/web"],
    ["shop/web@prod", "shop/web"],
    ["dns:api.example.com@prod", "api.example.com"],
    ["ip:192.0.2.7", "192.0.2.7"],
    ["ip:2001:db8::1@prod", "2001:db8::1"],
    ["cidr:10.0.0.0/8@prod", "10.0.0.0/8"],
    ["reserved:kube-apiserver", "kube-apiserver"],
    ["reserved:host@prod", "the node itself"],
    ["unknown", "not known"],
    ["shop/w\u202eb", "shop/w\\u202eb"],
  ])("%s is %s", (id, name) => {
    expect(actorName(id)).toBe(name);
  });

  it("that is missing is not known", () => {
    expect(actorName(null)).toBe("not known");
  });
});

describe("the flows of an edge", () => {
  const edge = { client: "shop/web@prod", server: "shop/api@prod", port: 8443, protocol: "TCP" };

  it("are those of client, server, port and protocol", () => {
    expect(formatFilter({ terms: edgeTerms(edge) })).toBe(
      'edge:"shop/web@prod -> shop/api@prod" server-port:8443 protocol:tcp',
    );
  });

  it("without port or protocol are those that have none", () => {
    expect(formatFilter({ terms: edgeTerms({ ...edge, port: null, protocol: null }) })).toBe(
      'edge:"shop/web@prod -> shop/api@prod" server-port:- protocol:-',
    );
  });

  it("of clients outside are those of names, ranges and addresses", () => {
    expect(formatFilter({ terms: edgeTerms({ ...edge, client: null }) })).toBe(
      "client:dns:*,cidr:*,ip:* server:shop/api@prod server-port:8443 protocol:tcp",
    );
  });
});
