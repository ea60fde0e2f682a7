"use client";

import { ChevronDown, Download, History, Table2 } from "lucide-react";
import { type FormEvent, useEffect, useId, useState } from "react";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { Button } from "@/components/ui/button";
import { formatQuantity } from "@/components/ui/format";
import { Menu, MenuCheck, MenuChoice, MenuItem, MenuLabel, MenuLine } from "@/components/ui/menu";
import { visible } from "@/components/ui/text";
import { MEASURES } from "@/lib/insight/map/measure";
import { formatTerm } from "@/lib/scope/filter";
import { type Hide, writeHide } from "@/lib/scope/map-hide";
import { NOISE } from "@/lib/scope/map-noise";
import { HideDialog } from "./hide-dialog";
import styles from "./map-bar.module.css";
import type { SavedAs } from "./save";
import type { MapChoice, Picture } from "./use-picture";
import { LEVEL_LABELS, type Level, MEASURE_LABELS, NOISE_LABELS } from "./words";

interface MapBarProps {
  readonly scope: ScopeHandle;
  readonly choice: MapChoice;
  readonly picture: Picture;
  readonly isPlayed: boolean;
  readonly onPlay: () => void;
  readonly onSave: (as: SavedAs) => void;
  readonly onPrint: () => void;
}

const SAVE_LABELS: Readonly<Record<SavedAs, string>> = {
  png: "Picture (PNG)",
  svg: "Picture that scales (SVG)",
  json: "Nodes and edges (JSON)",
  dot: "Graph for Graphviz (DOT)",
};

const LEVELS = Object.keys(LEVEL_LABELS) as Level[];

export function MapBar({ scope, choice, picture, isPlayed, onPlay, onSave, onPrint }: MapBarProps) {
  const { level, measure, isLayered } = choice;
  const hasTable = scope.view.part === "table";
  return (
    <div className={styles.bar}>
      <h1 className="spoken">Map</h1>
      <fieldset className={styles.switch}>
        <legend className="spoken">Level</legend>
        {LEVELS.map((word) => (
          <Button
            key={word}
            small
            look="quiet"
            aria-pressed={word === level}
            onClick={() =>
              scope.setView({
                level: word === "workload" ? null : word,
                open: null,
                focus: null,
                pins: null,
                unfold: null,
                skip: null,
              })
            }
          >
            {LEVEL_LABELS[word]}
          </Button>
        ))}
      </fieldset>
      <Menu
        trigger={
          <Button small look="quiet">
            Shows: {MEASURE_LABELS[measure]}
            <ChevronDown size={12} aria-hidden />
          </Button>
        }
      >
        <MenuLabel>Width of lines and their numbers</MenuLabel>
        <MenuChoice
          value={measure}
          onChange={(next) => scope.setView({ measure: next === "events" ? null : next })}
          choices={MEASURES.map((value) => ({ value, label: MEASURE_LABELS[value] }))}
        />
      </Menu>
      <HideMenu scope={scope} hide={choice.hide} />
      <Menu
        trigger={
          <Button small look="quiet">
            {isLayered ? "Left to right" : "By namespace"}
            <ChevronDown size={12} aria-hidden />
          </Button>
        }
      >
        <MenuLabel>Layout</MenuLabel>
        <MenuChoice
          value={isLayered ? "layered" : "force"}
          onChange={(next) => scope.setView({ layout: next === "force" ? null : next, pins: null })}
          choices={[
            { value: "force", label: "By namespace, close to whom they talk to" },
            { value: "layered", label: "Left to right, by who asks whom" },
          ]}
        />
        {scope.view.pins !== undefined && (
          <>
            <MenuLine />
            <MenuItem onSelect={() => scope.setView({ pins: null })}>Undo places given by hand</MenuItem>
          </>
        )}
      </Menu>
      <FindBox scope={scope} picture={picture} />
      <span className={styles.space} />
      <Button small look="quiet" aria-pressed={isPlayed} onClick={onPlay}>
        <History size={14} aria-hidden />
        Play back
      </Button>
      <Menu
        align="end"
        trigger={
          <Button small look="quiet">
            <Download size={14} aria-hidden />
            Save
          </Button>
        }
      >
        {(Object.keys(SAVE_LABELS) as SavedAs[]).map((as) => (
          <MenuItem key={as} onSelect={() => onSave(as)}>
            {SAVE_LABELS[as]}
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem onSelect={onPrint}>Print</MenuItem>
      </Menu>
      <Button
        small
        look="quiet"
        aria-pressed={hasTable}
        onClick={() => scope.setView({ part: hasTable ? null : "table" })}
      >
        <Table2 size={14} aria-hidden />
        Table
      </Button>
    </div>
  );
}

/** What is left out: known noise, and whatever a filter finds. */
function HideMenu({ scope, hide }: { readonly scope: ScopeHandle; readonly hide: Hide }) {
  const [isAsking, setAsking] = useState(false);
  const set = (change: Partial<Hide>) => scope.setView({ hide: writeHide({ ...hide, ...change }) ?? null });
  const count = hide.noise.size + hide.filter.terms.length;
  const isAll = hide.noise.size === NOISE.length;
  return (
    <>
      <Menu
        trigger={
          <Button small look="quiet">
            {count === 0 ? "Hide noise" : `Hidden: ${count}`}
            <ChevronDown size={12} aria-hidden />
          </Button>
        }
      >
        <MenuLabel>Left out of the map</MenuLabel>
        {NOISE.map((noise) => (
          <MenuCheck
            key={noise}
            checked={hide.noise.has(noise)}
            onChange={(isHidden) =>
              set({
                noise: new Set(NOISE.filter((kind) => (kind === noise ? isHidden : hide.noise.has(kind)))),
              })
            }
          >
            {NOISE_LABELS[noise]}
          </MenuCheck>
        ))}
        {hide.filter.terms.map((term) => (
          <MenuCheck
            key={formatTerm(term)}
            checked
            onChange={() => set({ filter: { terms: hide.filter.terms.filter((other) => other !== term) } })}
          >
            {visible(formatTerm(term))}
          </MenuCheck>
        ))}
        <MenuLine />
        <MenuItem onSelect={() => setAsking(true)}>Hide by a filter …</MenuItem>
        <MenuItem onSelect={() => set({ noise: new Set(isAll ? [] : NOISE) })}>
          {isAll ? "Show all noise" : "Hide all noise"}
        </MenuItem>
      </Menu>
      {isAsking && (
        <HideDialog
          hide={hide}
          onHide={(text) => scope.setView({ hide: text })}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

/** What is found stays bright, everything else is dimmed. */
function FindBox({ scope, picture }: { readonly scope: ScopeHandle; readonly picture: Picture }) {
  const id = useId();
  const inLink = scope.view.find ?? "";
  const [text, setText] = useState(inLink);
  useEffect(() => setText(inLink), [inLink]);
  const apply = (event?: FormEvent) => {
    event?.preventDefault();
    if (text !== inLink)
      scope.setView({ find: text.trim() === "" ? null : text }, inLink === "" ? "push" : "replace");
  };
  const { find } = picture;
  return (
    <form className={styles.find} onSubmit={apply}>
      <input
        type="search"
        className={styles.input}
        aria-label="Find on the map"
        aria-describedby={id}
        placeholder="Find: name, drops > 0, new"
        title="A piece of a name, or a condition on lines: drops > 0, error% > 5, port = 8443, client *= web and new"
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => apply()}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || text === "") return;
          event.preventDefault();
          setText("");
          scope.setView({ find: null }, "replace");
        }}
      />
      <span id={id} role="status" className={styles.found}>
        {inLink !== "" && (find.ok ? formatQuantity(picture.foundLines, "line") : find.failure.message)}
      </span>
    </form>
  );
}
