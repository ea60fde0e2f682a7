import { expect, test } from "vitest";
import { parseTime } from "@/lib/base/time";
import { type Command, filterCommand, matching, timeCommands } from "./palette-commands";

function at(text: string): bigint {
  const ns = parseTime(text);
  if (ns === undefined) throw new Error(`not a time: ${text}`);
  return ns;
}

const evening = { from: at("2026-05-12T09:40:00Z"), to: at("2026-05-12T10:01:00Z") };
const commands: Command[] = [
  { id: "a", group: "Action", label: "Copy the link" },
  { id: "b", group: "View", label: "Drops" },
  { id: "c", group: "Action", label: "Whole capture" },
  { id: "d", group: "Capture", label: "drill of May" },
];

test("commands are found by any of their words, those that begin so first", () => {
  expect(matching(commands, "dr").map(({ id }) => id)).toEqual(["b", "d"]);
  expect(matching(commands, "capture").map(({ id }) => id)).toEqual(["c", "d"]);
  expect(matching(commands, "link copy").map(({ id }) => id)).toEqual(["a"]);
  expect(matching(commands, "").map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
});

test("text that reads as a filter becomes one, other text does not", () => {
  expect(filterCommand(" verdict:DROPPED ")?.label).toBe("Filter by verdict:DROPPED");
  expect(filterCommand("verdict:DROPED")).toBeUndefined();
  expect(filterCommand("drops")).toBeUndefined();
});

test("a clock time leads to the minute round it, where the capture has it", () => {
  const [first, ...others] = timeCommands("09:50:30", evening);
  expect(others).toEqual([]);
  expect(first?.label).toBe("Go to 2026-05-12 09:50:30");
  expect(first?.window).toEqual({ from: at("2026-05-12T09:50:00Z"), to: at("2026-05-12T09:51:00Z") });
  expect(timeCommands("09:50", evening)[0]?.window.from).toBe(at("2026-05-12T09:49:30Z"));
  expect(timeCommands("11:00", evening)).toEqual([]);
  expect(timeCommands("2026-05-12T09:45:00Z", evening)[0]?.label).toBe("Go to 2026-05-12 09:45:00");
  expect(timeCommands("2026-05-12 09:45:00", evening)[0]?.label).toBe("Go to 2026-05-12 09:45:00");
});

test("a clock time of a capture over days is offered for each of them", () => {
  const days = { from: at("2026-05-12T09:40:00Z"), to: at("2026-05-14T09:00:00Z") };
  expect(timeCommands("10:00", days).map(({ label }) => label)).toEqual([
    "Go to 2026-05-12 10:00:00",
    "Go to 2026-05-13 10:00:00",
  ]);
});

test("the first and last stretch are cut to the capture", () => {
  expect(timeCommands("last 5 min", evening)[0]?.window).toEqual({
    from: at("2026-05-12T09:56:00Z"),
    to: evening.to,
  });
  expect(timeCommands("first 30 s", evening)[0]?.window).toEqual({
    from: evening.from,
    to: at("2026-05-12T09:40:30Z"),
  });
  expect(timeCommands("Last 2 hours", evening)[0]?.window).toEqual(evening);
  expect(timeCommands("last 5 min", undefined)).toEqual([]);
});
