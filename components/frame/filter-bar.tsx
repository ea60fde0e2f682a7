"use client";

import { ListFilter, X } from "lucide-react";
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import { IconButton } from "@/components/ui/button";
import { formatFilter } from "@/lib/scope/filter";
import { parsePastedCommand, readFilterInput } from "@/lib/scope/hubble-command";
import { type Chip, chipsOf, joinTexts, negateChip, removeChip, replaceChip, toggleChip } from "./chips";
import { CopyFilter } from "./copy-filter";
import styles from "./filter-bar.module.css";
import { FilterChip } from "./filter-chip";
import { FilterInput } from "./filter-input";
import { FilterMessages } from "./filter-messages";
import { focusView, useKeptFocus } from "./kept-focus";
import type { ScopeHandle } from "./use-scope";

interface FilterBarProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  /** Gives the frame a way to put the cursor into the bar. */
  readonly focusRef: Ref<{ focus: () => void }>;
}

interface Said {
  readonly notes: readonly { readonly text: string }[];
  /** What the notes are about. */
  readonly lead?: string;
  /** A command that could not be read. */
  readonly refusal?: { readonly message: string; readonly hint?: string };
}

const NOTHING_SAID: Said = { notes: [] };

/**
 * The filter of the scope: one chip for each term, and a line to type more. Enter puts what is typed into
 * the link even when it cannot be read: the message then stands below, and no view shows rows.
 */
export function FilterBar({ captureId, scope, focusRef }: FilterBarProps) {
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [draft, setDraft] = useState("");
  /** The chip whose text is in the line; its place is kept. */
  const [editing, setEditing] = useState<number>();
  const [said, setSaid] = useState<Said>(NOTHING_SAID);
  useImperativeHandle(focusRef, () => ({ focus: () => input.current?.focus() }), []);
  const { q } = scope;
  const off = formatFilter(scope.view.off);

  useKeptFocus(list, `${q} ${off}`);

  // The link changed (back, forward, a value clicked): the chip that was being edited may be another one now.
  useEffect(() => {
    if (q !== undefined) setEditing(undefined);
  }, [q]);

  const put = (next: string, nextOff = off) => {
    setSaid(NOTHING_SAID);
    scope.setTexts(next, nextOff);
  };
  const commit = (text: string) => {
    const read = readFilterInput(text);
    if (read.kind === "command") return convert(text);
    setDraft("");
    put(editing === undefined ? joinTexts(q, text) : replaceChip(q, editing, text));
  };
  const convert = (text: string) => {
    const command = parsePastedCommand(text);
    if (!command.ok) {
      // What is wrong in it can be mended where it stands; a line holds no line breaks.
      setDraft(text.replaceAll(/\\?\r?\n/g, " "));
      setSaid({ notes: [], refusal: command.failure });
      return;
    }
    const { filter, from, to, notes } = command.value;
    setDraft("");
    const hasRange = from !== undefined || to !== undefined;
    scope.setTexts(formatFilter(filter), off, hasRange ? { from, to } : undefined);
    setSaid({ notes });
  };
  const edit = (index: number, chip: Chip) => {
    setEditing(index);
    setDraft(chip.text);
    requestAnimationFrame(() => input.current?.focus());
  };
  const removeAll = () => {
    put("", "");
    focusView();
  };
  const chips = chipsOf(q);
  return (
    <search className={styles.search}>
      <div className={styles.bar}>
        <ListFilter size={15} aria-hidden className={styles.icon} />
        <ul ref={list} className={styles.chips} aria-label="Terms of the filter">
          {chips.map((chip, index) => (
            <li key={`on ${chip.text}`} data-kept={chip.text} hidden={index === editing}>
              <FilterChip
                chip={chip}
                onEdit={() => edit(index, chip)}
                onNegate={() => put(negateChip(q, index))}
                onToggle={() => {
                  const texts = toggleChip({ q, off }, index, false);
                  put(texts.q, texts.off);
                }}
                onRemove={() => put(removeChip(q, index))}
              />
            </li>
          ))}
          {chipsOf(off).map((chip, index) => (
            <li key={`off ${chip.text}`} data-kept={chip.text}>
              <FilterChip
                chip={chip}
                isOff
                onToggle={() => {
                  const texts = toggleChip({ q, off }, index, true);
                  put(texts.q, texts.off);
                }}
                onRemove={() => put(q, removeChip(off, index))}
              />
            </li>
          ))}
          <li className={styles.typed}>
            <FilterInput
              captureId={captureId}
              scope={scope}
              ref={input}
              text={draft}
              placeholder={chips.length === 0 ? "Filter: verdict:DROPPED, pod:shop/web, port:53 …" : "and …"}
              onText={setDraft}
              onCommit={commit}
              onCommand={convert}
              onBackspace={() => {
                const last = chips.at(-1);
                if (last !== undefined) edit(chips.length - 1, last);
              }}
              onCancel={() => {
                setDraft("");
                setEditing(undefined);
                focusView();
              }}
            />
          </li>
        </ul>
        {chips.length > 0 && (
          <CopyFilter
            scope={scope.scope}
            onCopied={(lead, notes) => setSaid({ lead, notes: notes.map((text) => ({ text })) })}
          />
        )}
        {(chips.length > 0 || off !== "") && (
          <IconButton label="Remove all terms" onClick={removeAll}>
            <X size={15} aria-hidden />
          </IconButton>
        )}
      </div>
      <FilterMessages
        scope={scope}
        notes={said.notes}
        lead={said.lead}
        refusal={said.refusal}
        onText={(text) => put(text)}
        onDismiss={() => setSaid(NOTHING_SAID)}
      />
    </search>
  );
}
