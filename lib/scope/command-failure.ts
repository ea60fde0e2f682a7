/** How text of Hubble's, a command or FlowFilters, is read into a filter: what is said beside it, and that it cannot be. */

import { type Failure, fail } from "@/lib/base/result";

/** `differs`: other rows than Hubble would show. `ignored`: no influence on the rows. */
export interface CommandNote {
  readonly kind: "differs" | "ignored";
  readonly text: string;
}

export type CommandFailure = Failure<"command_invalid">;

export interface FailedCommand {
  readonly ok: false;
  readonly failure: CommandFailure;
}

export function commandFailed(message: string, hint?: string): FailedCommand {
  return fail("command_invalid", message, hint);
}
