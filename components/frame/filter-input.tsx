"use client";

import {
  type ClipboardEvent,
  type KeyboardEvent,
  type Ref,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";
import { Sentence } from "@/components/ui/sentence";
import { applyCompletion, completionAt } from "@/lib/scope/complete";
import { looksPasted } from "@/lib/scope/hubble-command";
import styles from "./filter-input.module.css";
import { facetWordOf, type Proposal, type Proposals, proposalsFor } from "./filter-proposals";
import { useKeyValues } from "./queries";
import type { ScopeHandle } from "./use-scope";

interface FilterInputProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  readonly ref: Ref<HTMLInputElement>;
  readonly text: string;
  readonly placeholder: string;
  readonly onText: (text: string) => void;
  readonly onCommit: (text: string) => void;
  /** A pasted `hubble observe` command. */
  readonly onCommand: (text: string) => void;
  /** Backspace where there is nothing to delete. */
  readonly onBackspace: () => void;
  readonly onCancel: () => void;
}

const NOTHING: Proposals = { proposals: [] };

/** The line in which terms are typed, with what could stand at the cursor listed below it. */
export function FilterInput(props: FilterInputProps) {
  const { captureId, scope, ref, text, onText, onCommit } = props;
  const own = useRef<HTMLInputElement>(null);
  const listId = useId();
  const [cursor, setCursor] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  useImperativeHandle(ref, () => own.current as HTMLInputElement, []);

  const completion = completionAt(text, Math.min(cursor, text.length));
  // Only while the list is open: nobody waits for what nobody sees.
  const word = isOpen ? facetWordOf(completion) : undefined;
  const present = useKeyValues(captureId, scope, word, completion.prefix.toLowerCase());
  // A command that is typed has words of its own.
  const { proposals, help } = looksPasted(text) ? NOTHING : proposalsFor(completion, present.data);
  const isShown = isOpen && (proposals.length > 0 || help !== undefined);

  const choose = (proposal: Proposal) => {
    const applied = applyCompletion(text, completion, proposal.insert, proposal.isOperator);
    // At once: what is typed next goes to where the cursor is by then.
    flushSync(() => {
      onText(applied.text);
      setCursor(applied.cursor);
      setActive(-1);
    });
    own.current?.focus();
    own.current?.setSelectionRange(applied.cursor, applied.cursor);
  };
  const commit = () => {
    if (text.trim() === "") return;
    setOpen(false);
    setActive(-1);
    onCommit(text);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const chosen = proposals[active];
    const next = keyAction(event, {
      isShown,
      active,
      count: proposals.length,
      // Marks and terms that could be put there as well do not make the one key or value uncertain.
      isCertain: proposals.length === 1 || proposals.filter((one) => !one.isOperator).length === 1,
      isEmpty: text === "",
    });
    if (next === undefined) return;
    event.preventDefault();
    switch (next.kind) {
      case "move":
        setOpen(true);
        setActive(next.to);
        break;
      case "choose":
        choose(chosen ?? (proposals[0] as Proposal));
        break;
      case "commit":
        commit();
        break;
      case "close":
        setOpen(false);
        setActive(-1);
        break;
      case "cancel":
        props.onCancel();
        break;
      case "back":
        props.onBackspace();
        break;
    }
  };
  const onPaste = (event: ClipboardEvent<HTMLInputElement>) => {
    const pasted = event.clipboardData.getData("text/plain");
    if (!looksPasted(pasted)) return;
    event.preventDefault();
    setOpen(false);
    props.onCommand(pasted);
  };
  return (
    <div className={styles.field}>
      <input
        ref={own}
        className={styles.input}
        type="text"
        role="combobox"
        aria-label="Filter"
        aria-expanded={isShown}
        aria-controls={isShown ? listId : undefined}
        aria-autocomplete="list"
        aria-activedescendant={isShown && active >= 0 ? `${listId}-${active}` : undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder={props.placeholder}
        value={text}
        onChange={(event) => {
          onText(event.target.value);
          setCursor(event.target.selectionStart ?? event.target.value.length);
          setOpen(true);
          setActive(-1);
        }}
        onSelect={(event) => setCursor(event.currentTarget.selectionStart ?? 0)}
        onFocus={() => setOpen(true)}
        onBlur={() => {
          setOpen(false);
          setActive(-1);
        }}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      {isShown && (
        <ProposalList id={listId} proposals={proposals} help={help} active={active} onChoose={choose} />
      )}
    </div>
  );
}

interface ListState {
  readonly isShown: boolean;
  readonly active: number;
  readonly count: number;
  /** What Tab would choose is clear. */
  readonly isCertain: boolean;
  readonly isEmpty: boolean;
}

type KeyAction =
  | { readonly kind: "move"; readonly to: number }
  | { readonly kind: "choose" | "commit" | "close" | "cancel" | "back" };

/** What a key does in the line; `undefined` leaves it to the browser. */
function keyAction(
  event: KeyboardEvent,
  { isShown, active, count, isCertain, isEmpty }: ListState,
): KeyAction | undefined {
  if (event.nativeEvent.isComposing) return undefined;
  switch (event.key) {
    case "ArrowDown":
      return { kind: "move", to: Math.min(active + 1, count - 1) };
    case "ArrowUp":
      return { kind: "move", to: Math.max(active - 1, -1) };
    case "Enter":
      return { kind: isShown && active >= 0 ? "choose" : "commit" };
    case "Tab":
      if (event.shiftKey || !isShown || isEmpty || count === 0) return undefined;
      return active >= 0 || isCertain ? { kind: "choose" } : undefined;
    case "Escape":
      return { kind: isShown ? "close" : "cancel" };
    case "Backspace":
      return isEmpty ? { kind: "back" } : undefined;
    default:
      return undefined;
  }
}

interface ProposalListProps {
  readonly id: string;
  readonly proposals: readonly Proposal[];
  readonly help: string | undefined;
  readonly active: number;
  readonly onChoose: (proposal: Proposal) => void;
}

function ProposalList({ id, proposals, help, active, onChoose }: ProposalListProps) {
  return (
    <div className={styles.popup}>
      {/* A list that scrolls would take the focus with Tab, and be gone with it. */}
      <div role="listbox" id={id} aria-label="What could stand here" className={styles.list} tabIndex={-1}>
        {proposals.map((proposal, index) => (
          // The input keeps the focus; it names the active option by aria-activedescendant.
          // biome-ignore lint/a11y/useFocusableInteractive: options of a combobox are not focused themselves
          <div
            key={proposal.insert}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className={styles.option}
            ref={index === active ? scrollIntoView : undefined}
            onPointerDown={(event) => {
              event.preventDefault();
              onChoose(proposal);
            }}
          >
            <span className={styles.word}>{proposal.word}</span>
            <span className={styles.about}>
              <Sentence text={proposal.about} />
            </span>
          </div>
        ))}
      </div>
      {help !== undefined && (
        <p className={styles.help}>
          <Sentence text={help} />
        </p>
      )}
    </div>
  );
}

function scrollIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
