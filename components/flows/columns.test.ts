import { expect, test } from "vitest";
import { COLUMN_CHOICE, FIRST_CHOICE, gridTemplate, shownColumns, withShown, withWidth } from "./columns";

test("a column can be hidden and another one shown", () => {
  const choice = withShown(withShown(FIRST_CHOICE, "node", false), "flags", true);
  const ids = shownColumns(choice).map(({ id }) => id);
  expect(ids).not.toContain("node");
  expect(ids).toContain("flags");
});

test("a width stays within what can be read", () => {
  const width = (wanted: number) => withWidth(FIRST_CHOICE, "port", wanted).widths.port;
  expect([width(3), width(77.4), width(5000)]).toEqual([44, 77, 900]);
});

test("the last column takes the room that is left", () => {
  expect(gridTemplate(shownColumns(FIRST_CHOICE).slice(0, 2))).toBe("104px minmax(86px, 1fr)");
});

test("columns that grow share the room, until their width is set by hand", () => {
  const template = (choice: typeof FIRST_CHOICE) => gridTemplate(shownColumns(choice).slice(4, 7));
  expect(template(FIRST_CHOICE)).toBe("minmax(180px, 3fr) minmax(202px, 3fr) 54px");
  expect(template(withWidth(FIRST_CHOICE, "client", 240))).toBe("240px minmax(202px, 3fr) 54px");
});

test.each([null, "x", 7, [], { widths: { port: "wide", evil: 50 }, shown: { node: 1 } }])(
  "a stored choice that makes no sense changes nothing: %j",
  (stored) => {
    const choice = COLUMN_CHOICE.read(stored) ?? COLUMN_CHOICE.fallback;
    expect(choice).toEqual(FIRST_CHOICE);
  },
);
