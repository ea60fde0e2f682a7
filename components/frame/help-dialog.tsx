"use client";

import { Fragment } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Sentence } from "@/components/ui/sentence";
import { Switch } from "@/components/ui/switch";
import tables from "@/components/ui/table.module.css";
import { HOTKEYS } from "@/components/ui/use-hotkeys";
import { useStored } from "@/components/ui/use-stored";
import { allKeyWords } from "@/lib/scope/keys";
import styles from "./help-dialog.module.css";
import { VIEWS } from "./views";

interface HelpDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["/"], "Put the cursor into the filter"],
  [["j", "k"], "Next row, row before (also the arrow keys, Page up and down, Home, End)"],
  [["e", "E"], "In Flows: the next error, the one before (drops, failures, status from 500, DNS errors)"],
  [
    ["Left", "Right"],
    "Move between the values of a row; with Shift, change the width of the column; with Ctrl and Shift, move the column",
  ],
  [["s"], "Sort the flows by the column that the keys are on; again, the other way; again, by time"],
  [["Enter"], "Open the row"],
  [["Space"], "Menu of the value: include, exclude, only, copy"],
  [[".", ","], "Include the value, exclude the value"],
  [["Esc"], "Close what was opened last"],
  [["[", "]"], "Earlier, later time range"],
  [VIEWS.map(({ key }) => `g ${key}`), `Go to ${VIEWS.map(({ label }) => label).join(", ")}`],
  [["f"], "On the map: fit it into the window"],
  [["Ctrl K"], "Commands: views, captures, actions, filters, times"],
  [["c"], "Copy the link to what is on screen"],
  [["p"], "Pin what is on screen in an investigation"],
  [["?"], "This help"],
];

const IN_HISTOGRAM =
  "With the focus on the histogram, the arrow keys move the range, plus and minus zoom, Esc shows the whole capture.";

const RULES: readonly (readonly [example: string, means: string])[] = [
  ["verdict:DROPPED port:53", "both: terms are joined by AND"],
  ["port:53,5353", "one of them: a comma is OR"],
  ["!namespace:kube-system", "not; also finds records that do not have the field"],
  ["from-pod:shop/web to-port:8080", "from- and to- are the sides of the packet; without, either side"],
  ['workload:"a name, with a comma"', "quotes keep a value whole"],
  ["node-name:?", "unknown: the export left it out"],
  ["workload:-", "none: the record has no such thing"],
  [
    "pod:web",
    "the beginning of a pod's name, in any namespace (hubble observe would take namespace default)",
  ],
  ["hubble observe --from-pod shop/web", "a command can be pasted; it becomes terms"],
];

/** Keys of the keyboard, rules of the filter and its keys with examples. */
export function HelpDialog({ open, onClose }: HelpDialogProps) {
  const [hotkeys, setHotkeys] = useStored(HOTKEYS);
  return (
    <Dialog open={open} onClose={onClose} title="Keys and filter" wide>
      <div className={styles.section}>
        <h3>Keyboard</h3>
        <Switch label="Single-key shortcuts" checked={hotkeys} onChange={setHotkeys} />
      </div>
      <dl className={styles.keys}>
        {KEYS.map(([keys, does]) => (
          <Fragment key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className={styles.key}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </Fragment>
        ))}
      </dl>
      <p className={styles.note}>{IN_HISTOGRAM}</p>
      <h3 className={tables.heading}>Rules of the filter</h3>
      <dl className={styles.rules}>
        {RULES.map(([example, means]) => (
          <Fragment key={example}>
            <dt>
              <code>{example}</code>
            </dt>
            <dd>{means}</dd>
          </Fragment>
        ))}
      </dl>
      <h3 className={tables.heading}>Keys of the filter</h3>
      <table className={tables.table}>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Means</th>
            <th scope="col">For example</th>
          </tr>
        </thead>
        <tbody>
          {filterKeys().map(({ word, sided, help, example }) => (
            <tr key={word}>
              <th scope="row">
                <code>{word}</code>
                {sided && <span className={styles.sided}> also from-, to-</span>}
              </th>
              <td>
                <Sentence text={help} />
              </td>
              <td>
                <code>{example}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}

function filterKeys() {
  return allKeyWords().flatMap(({ word, keyWord: { row, side } }) =>
    side === undefined || side === "either"
      ? [{ word, sided: row.sided, help: row.help, example: row.example }]
      : [],
  );
}
