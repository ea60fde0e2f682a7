import { expect, test } from "vitest";
import { PendingAddress } from "./pending-address";

test("the newest is built on until the page is drawn for it", () => {
  const pending = new PendingAddress();
  expect(pending.latest("/flows")).toBeUndefined();
  pending.given("/flows", "from=1");
  pending.given("/flows", "from=2");
  expect(pending.latest("/flows")).toBe("from=2");
  pending.drawn("/flows", "from=1");
  expect(pending.latest("/flows")).toBe("from=2");
  pending.drawn("/flows", "from=2");
  expect(pending.latest("/flows")).toBeUndefined();
});

test("what comes from elsewhere, or is of another page, counts no more", () => {
  const pending = new PendingAddress();
  pending.given("/flows", "from=1");
  pending.drawn("/flows", "q=port:53");
  expect(pending.latest("/flows")).toBeUndefined();
  pending.given("/flows", "from=2");
  expect(pending.latest("/drops")).toBeUndefined();
  pending.given("/drops", "from=3");
  expect(pending.latest("/flows")).toBeUndefined();
});
