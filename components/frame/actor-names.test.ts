import { describe, expect, it } from "vitest";
import { actorNames } from "./actor-names";

describe("names of actors", () => {
  it("leave out the cluster that all of them have", () => {
    const name = actorNames(["shop/web@prod", "payments/api@prod", null]);
    expect(name("shop/web@prod")).toBe("shop/web");
    expect(name(null)).toBe("not known");
  });

  it("keep clusters that differ, and one that only some have", () => {
    expect(actorNames(["shop/web@prod", "shop/web@test"])("shop/web@prod")).toBe("shop/web@prod");
    expect(actorNames(["shop/web@prod", "reserved:world"])("shop/web@prod")).toBe("shop/web@prod");
    expect(actorNames(["dns:api.example.com", "shop/web"])("dns:api.example.com")).toBe("api.example.com");
  });

  it("spell out what cannot be seen", () => {
    expect(actorNames(["a\u202eb"])("a\u202eb")).toBe("a\\u202eb");
  });
});
