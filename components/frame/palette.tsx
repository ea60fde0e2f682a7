"use client";

import { useRouter } from "next/navigation";
import { type KeyboardEvent, type RefObject, useEffect, useId, useLayoutEffect, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { visible } from "@/components/ui/text";
import type { TimeWindow } from "@/components/ui/time-scale";
import { HOTKEYS } from "@/components/ui/use-hotkeys";
import { useStored } from "@/components/ui/use-stored";
import { addTerm } from "@/lib/scope/edit";
import { EMPTY_FILTER, parseFilter } from "@/lib/scope/filter";
import styles from "./palette.module.css";
import { type Command, filterCommand, matching, type TimeCommand, timeCommands } from "./palette-commands";
import { TIME_STYLE, ZONE } from "./preferences";
import { useCaptures } from "./queries";
import { within } from "./range";
import type { ScopeHandle } from "./use-scope";
import { VIEWS, viewAddress } from "./views";

export interface PaletteProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  /** From the first to the last event. */
  readonly whole: TimeWindow | undefined;
  /** What was typed before its code was there; a line end when Enter was pressed. */
  readonly ahead: RefObject<string>;
  readonly onClose: () => void;
  /** Opens the help. */
  readonly onHelp: () => void;
  readonly onCopyLink: () => void;
}

type Offered = (Command & { readonly run: () => void }) | (TimeCommand & { readonly run: () => void });

/** Everything that can be done from any view, found by typing: views, captures, actions, filters, times. */
export function Palette(props: PaletteProps) {
  const { ahead, onClose } = props;
  const id = useId();
  const [typed, setTyped] = useState("");
  const [isEntered, setEntered] = useState(false);
  const [at, setAt] = useState(0);
  const offered = useOffered(props, typed);
  const chosen = Math.min(at, offered.length - 1);
  const run = (command: Offered | undefined) => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  // Taken over when this comes to stand on the page, not when it is first drawn: what is drawn may wait, and more is typed meanwhile.
  useLayoutEffect(() => {
    if (ahead.current === "") return;
    setTyped(ahead.current.replace(/\n$/, ""));
    setEntered(ahead.current.endsWith("\n"));
    ahead.current = "";
  }, [ahead]);
  useEffect(() => {
    if (!isEntered) return;
    setEntered(false);
    run(offered[0]);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Enter") run(offered[chosen]);
    else if (step !== 0) setAt((chosen + step + offered.length) % Math.max(1, offered.length));
    else return;
    event.preventDefault();
  };
  return (
    <Dialog open onClose={onClose} title="Commands">
      <input
        autoFocus
        className={styles.input}
        role="combobox"
        aria-label="Command, filter or time"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={offered[chosen] && `${id}-${chosen}`}
        placeholder="A view, a capture, an action, verdict:DROPPED, 09:50, last 5 min"
        value={typed}
        onFocus={({ currentTarget: { value }, currentTarget }) =>
          currentTarget.setSelectionRange(value.length, value.length)
        }
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={`${id}-list`} role="listbox" aria-label="Commands" className={styles.list}>
        {offered.map((command, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus and names the chosen one
          // biome-ignore lint/a11y/useKeyWithClickEvents: as above
          <div
            key={command.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            className={styles.option}
            onClick={() => run(command)}
            ref={(element) => {
              if (index === chosen) element?.scrollIntoView({ block: "nearest" });
            }}
          >
            <span className={styles.group}>{command.group}</span>
            <bdi>{command.label}</bdi>
            {command.detail !== undefined && <kbd className={styles.detail}>{command.detail}</kbd>}
          </div>
        ))}
      </div>
      {offered.length === 0 && (
        <p>Nothing of this name. A filter is written as key:value, a time as 09:50:30.</p>
      )}
    </Dialog>
  );
}

function useOffered(props: PaletteProps, typed: string): readonly Offered[] {
  const { captureId, scope, whole } = props;
  const router = useRouter();
  const captures = useCaptures().data?.captures ?? [];
  const actions = useActions(props);
  const views = VIEWS.map(({ id, label, key }) => ({
    id: `view ${id}`,
    group: "View" as const,
    label,
    detail: `g ${key}`,
    run: () => router.push(viewAddress(captureId, id, scope.along)),
  }));
  const others = captures
    .filter(({ id, state }) => id !== captureId && state !== "newer" && state !== "damaged")
    .map(({ id, name }) => ({
      id: `capture ${id}`,
      group: "Capture" as const,
      label: visible(name),
      run: () => router.push(viewAddress(id, "overview", "")),
    }));
  const filter = filterCommand(typed);
  return [
    ...timeCommands(typed, whole).map((command) => ({
      ...command,
      run: () => scope.setRange(whole && within(command.window, whole)),
    })),
    ...(filter === undefined ? [] : [{ ...filter, run: () => addToFilter(scope, typed) }]),
    ...matching([...views, ...actions, ...others], typed),
  ];
}

function addToFilter(scope: ScopeHandle, typed: string): void {
  const parsed = parseFilter(typed);
  if (!parsed.ok) return;
  scope.setFilter(parsed.value.terms.reduce(addTerm, scope.scope?.filter ?? EMPTY_FILTER));
}

function useActions({ scope, onHelp, onCopyLink }: PaletteProps): readonly Offered[] {
  const router = useRouter();
  const [zone, setZone] = useStored(ZONE);
  const [style, setStyle] = useStored(TIME_STYLE);
  const [hotkeys, setHotkeys] = useStored(HOTKEYS);
  const action = (label: string, run: () => void, detail?: string): Offered => ({
    id: `action ${label}`,
    group: "Action",
    label,
    run,
    ...(detail !== undefined && { detail }),
  });
  return [
    action("Copy the link to what is on screen", onCopyLink, "c"),
    action("Remove the filter", () => scope.setFilter(EMPTY_FILTER)),
    action("Show the whole time range", () => scope.setRange(undefined)),
    action(zone === "utc" ? "Times in the zone of this computer" : "Times in UTC", () =>
      setZone(zone === "utc" ? "local" : "utc"),
    ),
    action(
      style === "absolute"
        ? "Times of rows since the beginning of the range"
        : "Times of rows as times of day",
      () => setStyle(style === "absolute" ? "relative" : "absolute"),
    ),
    action(hotkeys ? "Switch single-key shortcuts off" : "Switch single-key shortcuts on", () =>
      setHotkeys(!hotkeys),
    ),
    action("All captures", () => router.push("/")),
    action("Keys and filter help", onHelp, "?"),
  ];
}
