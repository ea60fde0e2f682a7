"use client";

import type { AreaLook } from "@/components/ui/area-looks";
import { Choice } from "@/components/ui/choice";
import { OverTime } from "@/components/ui/over-time";
import { useStored } from "@/components/ui/use-stored";
import shared from "@/components/ui/view.module.css";
import type { Term } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import { flowsAddress, within } from "./flows-address";
import { ZONE } from "./preferences";
import type { ScopeHandle } from "./use-scope";

interface Chosen<Word extends string> {
  readonly legend: string;
  readonly words: readonly Word[];
  readonly chosen: Word;
  readonly labelOf: (word: Word) => string;
}

interface RowsOverTimeProps<Of extends string, By extends string> {
  readonly captureId: string;
  readonly handle: ScopeHandle;
  readonly scope: Scope;
  readonly heading: string;
  /** What is counted: stands in the link as `measure`. */
  readonly of: Chosen<Of>;
  /** Whose rows: stands in the link as `level`. Absent: the view chooses that by itself. */
  readonly by?: Chosen<By>;
  /** What the picture shows, in words. */
  readonly title: string;
  readonly unit: string;
  readonly row: string;
  readonly tone: "bad" | "warn" | "calm";
  /** Absent: on its way. */
  readonly data:
    | {
        readonly fromNs: string | null;
        readonly toNs: string | null;
        readonly bucketNs: string;
        /** Most first. `key` is null where it is not known who. */
        readonly rows: readonly {
          readonly key: string | null;
          readonly total: number;
          readonly points: readonly (readonly [startNs: string, count: number])[];
          readonly look?: AreaLook;
        }[];
        readonly more: {
          readonly rows: number;
          readonly total: number;
          readonly points: readonly (readonly [startNs: string, count: number])[];
        };
      }
    | undefined;
  /** Why there are no rows, where that is not because there is nothing to count. */
  readonly whyNone?: string;
  readonly nameOf: (key: string | null) => string;
  /** The flows that are counted of these rows; turned round, of all others. */
  readonly termsOf: (keys: readonly (string | null)[], isOthers: boolean) => readonly Term[];
}

/** Counts by row over time, with the choice of what is counted and of whom, as the link has it. */
export function RowsOverTime<Of extends string, By extends string>({
  captureId,
  handle,
  scope,
  heading,
  of,
  by,
  data,
  whyNone,
  nameOf,
  termsOf,
  ...says
}: RowsOverTimeProps<Of, By>) {
  const [zone] = useStored(ZONE);
  return (
    <section className={shared.part}>
      <div className={shared.bar}>
        <h2 className={shared.title}>{heading}</h2>
        <Choice {...of} onChoose={(word) => handle.setView({ measure: word })} />
        {by !== undefined && <Choice {...by} onChoose={(word) => handle.setView({ level: word })} />}
      </div>
      {data !== undefined && data.rows.length === 0 && (
        <p className={shared.note}>{whyNone ?? `None in this scope: ${of.labelOf(of.chosen)}.`}</p>
      )}
      {data !== undefined && data.rows.length > 0 && (
        <OverTime
          {...{ ...says, ...data, zone }}
          rows={data.rows.map((row) => ({ ...row, key: JSON.stringify(row.key), name: nameOf(row.key) }))}
          isStacked={handle.view.layout === "stacked"}
          onStack={(isStacked) => handle.setView({ layout: isStacked ? "stacked" : null })}
          hrefOf={(keys, start, isOthers = false) =>
            flowsAddress(
              captureId,
              start === undefined
                ? scope
                : within(scope, BigInt(start), BigInt(start) + BigInt(data.bucketNs)),
              ...termsOf(
                keys.map((key): string | null => JSON.parse(key)),
                isOthers,
              ),
            )
          }
          onBrush={handle.setRange}
        />
      )}
    </section>
  );
}
