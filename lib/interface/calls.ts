/** All calls of the interface by name. The order is that of the description. */

import { captureCalls } from "./calls/captures";
import { flowCalls } from "./calls/flows";
import { l7Calls } from "./calls/l7";
import { serverCalls } from "./calls/server";

export const CALLS = { ...captureCalls, ...flowCalls, ...l7Calls, ...serverCalls };
