import { expect, test } from "vitest";
import { captureNameFor } from "./capture-name";

const now = new Date("2026-03-04T05:12:07Z");

test.each([
  [["shop-incident.jsonl"], "shop-incident"],
  [["events-2026-08-21T12-00-03.412.log.gz"], "events"],
  [["prod-node-1.log", "prod-node-2.log.gz"], "prod-node"],
  [["events.log", "events-2026-08-21T12-00-03.412.log.gz"], "events"],
  [["/tmp/dump/flows.json"], "flows"],
  [["a.log", "b.log"], "Capture 2026-03-04 05:12"],
  [[".log"], "Capture 2026-03-04 05:12"],
  [[], "Capture 2026-03-04 05:12"],
])("files %j make a capture named %s", (files, name) => {
  expect(captureNameFor(files, now)).toBe(name);
});
