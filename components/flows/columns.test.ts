import { expect, test } from "vitest";
import { CSV_COLUMNS } from "@/lib/questions/export/csv";
import {
  COLUMN_CHOICE,
  csvColumns,
  FIRST_CHOICE,
  fittingColumns,
  gridTemplate,
  shownColumns,
  withPlace,
  withShown,
  withWidth,
} from "./columns";

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
  expect(template(FIRST_CHOICE)).toBe("minmax(158px, 5fr) minmax(174px, 5fr) 64px");
  expect(template(withWidth(FIRST_CHOICE, "client", 240))).toBe("240px minmax(174px, 5fr) 64px");
});

test.each([null, "x", 7, [], { widths: { port: "wide", evil: 50 }, shown: { node: 1 } }])(
  "a stored choice that makes no sense changes nothing: %j",
  (stored) => {
    const choice = COLUMN_CHOICE.read(stored) ?? COLUMN_CHOICE.fallback;
    expect(choice).toEqual(FIRST_CHOICE);
  },
);

test("times with a day before them have room for it, unless the width was set by hand", () => {
  expect(shownColumns(FIRST_CHOICE, "day")[0]?.width).toBe(146);
  expect(shownColumns(withWidth(FIRST_CHOICE, "time", 90), "day")[0]?.width).toBe(90);
});

test("the reason stays in sight in a narrow window; a column shown by hand stays too", () => {
  const at = (room: number, choice = FIRST_CHOICE) => {
    const { columns, left } = fittingColumns(shownColumns(choice), choice, room);
    return [columns.map(({ id }) => id).join(" "), left.map(({ id }) => id).join(" ")];
  };
  expect(at(884)).toEqual([
    "time verdict client server port reason l7",
    "node direction protocol type policy",
  ]);
  expect(at(1240)).toEqual([
    "time node verdict direction client server port protocol reason policy l7",
    "type",
  ]);
  expect(at(1600)[1]).toBe("");
  expect(at(884, withShown(FIRST_CHOICE, "type", true))[0]).toContain("type");
});

test("a column is moved to the place of another, hidden ones keep theirs", () => {
  const ids = (choice: typeof FIRST_CHOICE) =>
    shownColumns(choice)
      .slice(0, 4)
      .map(({ id }) => id);
  expect(ids(withPlace(FIRST_CHOICE, "verdict", "node"))).toEqual(["time", "verdict", "node", "direction"]);
  expect(ids(withPlace(FIRST_CHOICE, "port", "time"))).toEqual(["port", "time", "node", "verdict"]);
  expect(ids(withPlace(FIRST_CHOICE, "time", "time"))).toEqual(["time", "node", "verdict", "direction"]);
  const hidden = withShown(withPlace(FIRST_CHOICE, "time", "verdict"), "node", false);
  expect(ids(hidden)).toEqual(["verdict", "time", "direction", "client"]);
  expect(ids(withShown(hidden, "node", true))).toEqual(["node", "verdict", "time", "direction"]);
});

test("a stored order that is not of all columns is not used", () => {
  const moved = withPlace(FIRST_CHOICE, "node", "verdict");
  expect(COLUMN_CHOICE.read(JSON.parse(JSON.stringify(moved)))).toEqual(moved);
  expect(COLUMN_CHOICE.read({ ...moved, order: moved.order?.slice(1) })).toEqual(FIRST_CHOICE);
  expect(COLUMN_CHOICE.read({ ...moved, order: [...(moved.order ?? []).slice(1), "time2"] })).toEqual(
    FIRST_CHOICE,
  );
});

test("an export of the shown columns has columns that the interface knows, each once", () => {
  const all = csvColumns(
    shownColumns({
      widths: {},
      shown: { "source-ip": true, "destination-ip": true, flags: true, events: true, latency: true },
    }),
  );
  expect(all.filter((name) => !(name in CSV_COLUMNS))).toEqual([]);
  expect(new Set(all).size).toBe(all.length);
  expect(csvColumns(shownColumns(FIRST_CHOICE).slice(0, 3))).toEqual(["time", "node", "verdict", "id"]);
});
