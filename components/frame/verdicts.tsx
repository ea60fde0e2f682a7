import { Check, CircleDot, CircleHelp, TriangleAlert, X } from "lucide-react";
import { classes } from "@/components/ui/classes";
import { visible } from "@/components/ui/text";
import { RETINA_VERDICT } from "@/lib/flow/enums";
import styles from "./verdicts.module.css";

/** Four meanings carry colour; each has a second cue, a glyph in tables and a hatch in charts. */
export type Tone = "good" | "bad" | "warn" | "calm";

export const TONES: readonly Tone[] = ["bad", "warn", "calm", "good"];

export function toneOf(verdict: string): Tone {
  switch (verdict) {
    case "FORWARDED":
      return "good";
    case "DROPPED":
      return "bad";
    case "AUDIT":
    case "ERROR":
      return "warn";
    default:
      return "calm";
  }
}

const icons = { good: Check, bad: X, warn: TriangleAlert, calm: CircleDot } as const;

/** A verdict as the data has it, with its glyph. */
export function Verdict({ verdict }: { readonly verdict: string }) {
  const tone = toneOf(verdict);
  const isUnknown = verdict === "VERDICT_UNKNOWN";
  const Icon = isUnknown ? CircleHelp : icons[tone];
  return (
    <span className={classes(styles.verdict, styles[tone])}>
      <Icon size={13} strokeWidth={2.6} aria-hidden />
      <span className={styles.name}>{verdictLabel(verdict)}</span>
    </span>
  );
}

/** A record without a verdict is unknown; a number that only Retina writes is named beside the number. */
export function verdictLabel(verdict: string): string {
  if (verdict === "VERDICT_UNKNOWN") return "unknown";
  return RETINA_VERDICT.get(verdict) ?? visible(verdict);
}
