/** All calls of the interface by name. The order is that of the description. */

import { captureCalls } from "./calls/captures";
import { causeCalls } from "./calls/causes";
import { dnsCalls } from "./calls/dns";
import { dropCalls } from "./calls/drops";
import { flowCalls } from "./calls/flows";
import { investigationCalls } from "./calls/investigations";
import { l7Calls } from "./calls/l7";
import { mapCalls } from "./calls/map";
import { redactionCalls } from "./calls/redactions";
import { serverCalls } from "./calls/server";
import { shareCalls } from "./calls/shares";
import { workloadCalls } from "./calls/workloads";

export const CALLS = {
  ...captureCalls,
  ...flowCalls,
  ...mapCalls,
  ...dropCalls,
  ...l7Calls,
  ...workloadCalls,
  ...causeCalls,
  ...dnsCalls,
  ...investigationCalls,
  ...redactionCalls,
  ...shareCalls,
  ...serverCalls,
};
