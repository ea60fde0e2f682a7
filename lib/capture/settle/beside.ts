/**
 * The steps in the order of time that need no database but what they are given: attempts and roll-ups. They can run
 * in a thread of their own (settle-thread.ts) beside those that do; there DNS can be settled, too (dns/beside.ts).
 */

import type { DnsInput } from "./dns/beside";
import type { FlowColumns } from "./flow-columns";
import { type InTime, show, showUntimed } from "./flows-in-time";
import { type PairArrays, PairView } from "./pair-view";
import { type RolledUp, type RollUpInput, RollUpInTime } from "./roll-up";
import { type AttemptInput, AttemptsInTime } from "./stitch-attempts";

export interface BesideInput {
  readonly pairs: PairArrays;
  /** Undefined: not to be done. */
  readonly attempts: AttemptInput | undefined;
  readonly rollUp: RollUpInput | undefined;
  /** For a thread only. */
  readonly dns?: DnsInput | undefined;
}

/** What was written, to be copied into the capture. */
export interface BesideFound {
  /** Rows of Attempt. */
  readonly attempts: string | undefined;
  readonly rollUp: RolledUp | undefined;
}

/** Takes windows of flows in the order of time. */
export interface Beside {
  /** Flows of other kinds may be left out. */
  readonly wants: readonly Pick<InTime, "kinds" | "isPlain">[];
  /** The window is good until this returns. */
  show(window: FlowColumns, order: Uint32Array): void;
  /** No more windows; flows without a time come last. */
  end(untimed: FlowColumns): BesideFound;
}

export class StepsBeside implements Beside {
  private readonly attempts: AttemptsInTime | undefined;
  private readonly rollUp: RollUpInTime | undefined;
  readonly wants: readonly InTime[];

  /** `more`: shown the same. */
  constructor({ pairs, attempts, rollUp }: BesideInput, more: readonly InTime[] = []) {
    const view = new PairView(pairs);
    this.attempts = attempts && new AttemptsInTime(attempts, view);
    this.rollUp = rollUp && new RollUpInTime(rollUp, view);
    this.wants = [this.attempts, this.rollUp, ...more].filter((step) => step !== undefined);
  }

  show(window: FlowColumns, order: Uint32Array): void {
    for (const step of this.wants) show(step, window, order);
  }

  end(untimed: FlowColumns): BesideFound {
    for (const step of this.wants) {
      showUntimed(step, untimed);
      step.end();
    }
    return this.found;
  }

  /** When the steps have ended. */
  get found(): BesideFound {
    return { attempts: this.attempts?.file, rollUp: this.rollUp?.kept };
  }
}
