import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { grpcMethodOf, isGrpcCall, routeOf, splitUrl } from "./route";

describe("a route", () => {
  it.each([
    ["http://shop:8080/users/123", "/users/{id}"],
    ["http://shop/users/123?verbose=1#top", "/users/{id}"],
    ["/users/123/orders/77", "/users/{id}/orders/{id}"],
    ["http://shop", "/"],
    ["http://shop/", "/"],
    ["http://shop?x=/users/1", "/"],
    ["/orders/6a2e8f0c-1111-4abc-9def-0123456789ab", "/orders/{uuid}"],
    ["/ORDERS/6A2E8F0C-1111-4ABC-9DEF-0123456789AB", "/ORDERS/{uuid}"],
    ["/commit/8f14e45fceea167a5a36dedd4bea2543", "/commit/{hash}"],
    ["/objects/507f1f77bcf86cd799439011/raw", "/objects/{hash}/raw"],
    ["/static/app.8f14e45fceea167a.js", "/static/app.8f14e45fceea167a.js"],
    ["/static/8f14e45fceea167a.js", "/static/{hash}.js"],
    ["/img/1234.png", "/img/{id}.png"],
    ["/report/2026-05-12", "/report/{date}"],
    ["/report/2026-05", "/report/{date}"],
    ["/at/2026-05-12T09:40:00Z", "/at/{date}"],
    ["/at/2026-05-12T09%3A40%3A00%2B02%3A00", "/at/{date}"],
    ["/items/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/items/{id}"],
    ["/orders/order-4711", "/orders/order-{id}"],
    ["/session/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "/session/{token}"],
    ["/v1/users", "/v1/users"],
    ["/api/v2/deadbeefcafe", "/api/v2/deadbeefcafe"],
    ["/accommodation/effaced", "/accommodation/effaced"],
    ["/users/HUBBLE_REDACTED", "/users/{redacted}"],
    ["http://user:HUBBLE_REDACTED@shop/users/1", "/users/{id}"],
    ["/a//b/", "/a//b/"],
    ["/%E0%A4%A/1", "/%E0%A4%A/{id}"],
    ["", "/"],
    ["*", "/*"],
  ])("of %j is %j", (url, route) => {
    expect(routeOf(url)).toBe(route);
  });

  it("is bounded in length and depth", () => {
    expect(routeOf(`/${"a/".repeat(5000)}`)).toMatch(/\{more\}$/);
    expect(routeOf(`/${"b".repeat(100_000)}`)).toBe("/{long}");
    expect(routeOf(`/${`${"b".repeat(200)}/`.repeat(9)}`).length).toBeLessThan(320);
  });

  it("of a route is the route: folding twice changes nothing", () => {
    const segment = fc.oneof(
      fc.constantFrom("users", "v1", "", "order-9", "12.png", "a.b"),
      fc.integer().map(String),
      fc.uuid(),
      fc.webSegment(),
      fc.stringMatching(/^[0-9a-f]{1,40}$/),
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        const route = routeOf(`/${segments.join("/")}`);
        expect(routeOf(route)).toBe(route);
      }),
      { seed: 20261125, numRuns: 2000 },
    );
  });

  it("is not looked for in a segment that is longer than any name", () => {
    for (const piece of ["0123456789abcdef", "-", "aA1", "2026-05-12T1:", "%41"])
      expect(routeOf(`/${piece.repeat(60_000)}`)).toBe("/{long}");
  });
});

describe("a URL", () => {
  it.each([
    ["http://Shop:8080/a?b", { host: "shop:8080", path: "/a" }],
    ["http://user:secret@shop/a", { host: "shop", path: "/a" }],
    ["/a", { host: undefined, path: "/a" }],
    ["http:///a", { host: undefined, path: "/a" }],
    ["http://[::1]:80/a", { host: "[::1]:80", path: "/a" }],
  ])("%s is taken apart", (url, expected) => {
    expect(splitUrl(url)).toEqual(expected);
  });
});

describe("a gRPC call", () => {
  it.each([
    ["http://cart:9090/shop.v1.Cart/GetCart", { service: "shop.v1.Cart", method: "GetCart" }],
    ["/Cart/GetCart", { service: "Cart", method: "GetCart" }],
    ["/shop.Cart/GetCart/more", undefined],
    ["/shop.Cart", undefined],
    ["/shop.Cart/12", undefined],
    ["/users/123", undefined],
    ["/shop.Cart/Get?x=1", { service: "shop.Cart", method: "Get" }],
  ])("path %s names %o", (url, expected) => {
    expect(grpcMethodOf(url)).toEqual(expected);
  });

  it.each([
    ["by its content type", { httpMethod: "POST", httpProtocol: "HTTP/2", grpc: true }, "/Cart/Get", true],
    [
      "not when the content type is another",
      { httpMethod: "POST", httpProtocol: "HTTP/2", grpc: false },
      "/a.Cart/Get",
      false,
    ],
    [
      "by its shape where headers say nothing",
      { httpMethod: "POST", httpProtocol: "HTTP/2", grpc: null },
      "/a.Cart/Get",
      true,
    ],
    ["not without a package", { httpMethod: "POST", httpProtocol: "HTTP/2", grpc: null }, "/cart/add", false],
    ["not over HTTP/1.1", { httpMethod: "POST", httpProtocol: "HTTP/1.1", grpc: null }, "/a.Cart/Get", false],
    ["not by GET", { httpMethod: "GET", httpProtocol: "HTTP/2", grpc: null }, "/a.Cart/Get", false],
    [
      "not without a method in its path",
      { httpMethod: "POST", httpProtocol: "HTTP/2", grpc: true },
      "/",
      false,
    ],
  ] as const)("is known %s", (_name, kind, url, expected) => {
    expect(isGrpcCall(kind, url)).toBe(expected);
  });
});
