"use client";

import { useRef, useState } from "react";
import { flowsAddress } from "@/components/frame/flows-address";
import { Unreadable } from "@/components/frame/unreadable";
import { type ScopeHandle, useScope } from "@/components/frame/use-scope";
import { viewAddress } from "@/components/frame/views";
import { Button, linkButton } from "@/components/ui/button";
import { Choice } from "@/components/ui/choice";
import { DataTable } from "@/components/ui/data-table";
import { Empty } from "@/components/ui/empty";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { later } from "@/components/ui/later";
import { Link } from "@/components/ui/link";
import { Pager } from "@/components/ui/pager";
import { Tile, Tiles } from "@/components/ui/tile";
import { useHotkeys } from "@/components/ui/use-hotkeys";
import shared from "@/components/ui/view.module.css";
import type { DropRow, DropsAnswer, DropsBy, NotDropKind } from "@/lib/questions/answers-drops";
import type { Scope } from "@/lib/scope/link";
import { dropColumns } from "./drop-columns";
import {
  BY_LABELS,
  BY_PLURALS,
  DECIDED_LABELS,
  DROPS_BY,
  filterTerms,
  NOT_DROP_LABELS,
  NOT_DROP_WORDS,
} from "./drop-words";
import styles from "./drops-view.module.css";
import { Failed } from "./failed";
import { PAGE, useDrops } from "./queries";

const DropPictures = later(
  () => import("./drop-pictures").then((module) => module.DropPictures),
  () => <div className={styles.picturesToCome} />,
);
const GatherDialog = later(() => import("./gather-dialog").then((module) => module.GatherDialog));
const NotDrops = later(() => import("./not-drops").then((module) => module.NotDrops));
const ReasonCatalogue = later(() => import("./reason-catalogue").then((module) => module.ReasonCatalogue));
const NOTHING_CHOSEN: ReadonlySet<string> = new Set();
const CauseDrawer = later(() => import("./cause-drawer").then((module) => module.CauseDrawer));

/**
 * Drops of the scope, each counted once, by what one rule would fix or by another word.
 *
 * Empty: says that nothing was dropped in the scope. Loading: keeps the rows before. Failed: says why, with a way to
 * try again. A link that cannot be read shows no rows.
 */
export function DropsView({ captureId }: { readonly captureId: string }) {
  const scope = useScope();
  const view = useRef<HTMLDivElement>(null);
  const by = readBy(scope.view.by);
  const skip = readSkip(scope);
  const drops = useDrops(captureId, scope, by, skip);
  const openId = scope.view.cause;
  const open = (cause: string) => scope.setView({ cause });
  const close = () => scope.setView({ cause: null });
  useHotkeys({ Escape: () => (openId === undefined ? false : close()) });
  if (scope.scope === undefined) return <Unreadable what="drops" scope={scope} />;
  const word = NOT_DROP_WORDS.find((kind) => kind === scope.view.by);
  return (
    <div ref={view} className={shared.view}>
      <div className={styles.main}>
        <div className={shared.bar}>
          <h1 className={shared.count} aria-live="polite">
            {drops.data === undefined ? "Drops" : formatQuantity(drops.data.total, "drop")}
          </h1>
          <BySwitch
            by={word ?? by}
            onBy={(next) => scope.setView({ by: next === "cause" ? null : next, skip: null })}
          />
        </div>
        {word !== undefined ? (
          <NotDrops captureId={captureId} scope={scope} kind={word} />
        ) : drops.data === undefined ? (
          drops.error === null ? (
            <p className={shared.loading}>Counting drops …</p>
          ) : (
            <Failed error={drops.error} onRetry={() => drops.refetch()} />
          )
        ) : (
          <Table
            captureId={captureId}
            scope={scope}
            by={by}
            answer={drops.data}
            openId={openId}
            onOpen={open}
          />
        )}
      </div>
      {/* With the rows, which only the browser has: the width of the drawer is the browser's, too. */}
      {openId !== undefined && drops.data !== undefined && (
        <CauseDrawer captureId={captureId} causeId={openId} scope={scope} onClose={close} />
      )}
    </div>
  );
}

interface TableProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  readonly by: DropsBy;
  readonly answer: DropsAnswer;
  readonly openId: string | undefined;
  readonly onOpen: (causeId: string) => void;
}

/** Drops by what decided, over time, and row by row; chosen causes become policies. */
function Table({ captureId, scope, by, answer, openId, onOpen }: TableProps) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(NOTHING_CHOSEN);
  const [isGathering, setGathering] = useState(false);
  const table = useRef<HTMLDivElement>(null);
  if (scope.scope === undefined) return null;
  const onChoose = (causeId: string) =>
    setChosen((before) =>
      before.has(causeId)
        ? new Set([...before].filter((id) => id !== causeId))
        : new Set([...before, causeId]),
    );
  if (answer.total === 0) return <Nothing captureId={captureId} answer={answer} scope={scope} />;
  return (
    <>
      {answer.meta.notes.map((note) => (
        <p key={note} className={shared.note}>
          {note}
        </p>
      ))}
      <Tiles label="Drops by what decided">
        {answer.decided.map(({ decidedBy, drops, filter }) => (
          <Tile
            key={decidedBy}
            label={DECIDED_LABELS[decidedBy]}
            value={
              <Link href={flowsAddress(captureId, scope.scope as Scope, ...filterTerms(filter))}>
                {formatCount(drops)}
              </Link>
            }
          />
        ))}
      </Tiles>
      <DropPictures captureId={captureId} scope={scope} by={by} />
      {chosen.size > 0 && (
        <p className={styles.chosen} role="status">
          {formatQuantity(chosen.size, "cause")} chosen
          <Button small look="primary" onClick={() => setGathering(true)}>
            Write the policies
          </Button>
          <Button small look="quiet" onClick={() => setChosen(NOTHING_CHOSEN)}>
            Choose none
          </Button>
        </p>
      )}
      <div ref={table}>
        <DataTable
          label={`Drops by ${BY_LABELS[by].toLowerCase()}`}
          columns={dropColumns({ captureId, scope: scope.scope, by, answer, onOpen, chosen, onChoose })}
          rows={answer.rows}
          keyOf={keyOf}
          isOpen={(row) => row.key.causeId !== undefined && row.key.causeId === openId}
          onOpen={by === "cause" ? (row) => row.key.causeId && onOpen(row.key.causeId) : undefined}
        />
      </div>
      <Pager
        what={BY_PLURALS[by]}
        skip={readSkip(scope)}
        shown={answer.rows.length}
        all={answer.rows.length + answer.folded.rows}
        size={PAGE}
        top={table}
        onSkip={(skip) => scope.setView({ skip: skip === 0 ? null : String(skip) })}
      />
      {isGathering && (
        <GatherDialog captureId={captureId} causes={[...chosen]} onClose={() => setGathering(false)} />
      )}
    </>
  );
}

/** Rows before the page that the link names. */
function readSkip({ view }: ScopeHandle): number {
  return Number(view.skip ?? 0);
}

function readBy(word: string | undefined): DropsBy {
  return DROPS_BY.find((by) => by === word) ?? "cause";
}

function keyOf({ key, example }: DropRow): string {
  return `${JSON.stringify(key)} ${example}`;
}

type By = DropsBy | NotDropKind;

const LABELS: Readonly<Record<By, string>> = { ...BY_LABELS, ...NOT_DROP_LABELS };

interface BySwitchProps {
  readonly by: By;
  readonly onBy: (by: By) => void;
}

function BySwitch({ by, onBy }: BySwitchProps) {
  const [isCatalogue, setCatalogue] = useState(false);
  return (
    <>
      <Choice<By>
        legend="Group by"
        words={DROPS_BY}
        chosen={by}
        labelOf={(word) => LABELS[word]}
        onChoose={onBy}
      />
      <Choice<By>
        legend="What is no drop"
        words={NOT_DROP_WORDS}
        chosen={by}
        labelOf={(word) => LABELS[word]}
        onChoose={onBy}
      />
      <Button small look="quiet" onClick={() => setCatalogue(true)}>
        What reasons mean
      </Button>
      {isCatalogue && <ReasonCatalogue onClose={() => setCatalogue(false)} />}
    </>
  );
}

interface NothingProps {
  readonly captureId: string;
  readonly answer: DropsAnswer;
  readonly scope: ScopeHandle;
}

function Nothing({ captureId, answer, scope: { scope, setTexts } }: NothingProps) {
  if (answer.meta.partial)
    return (
      <Empty title="No drops yet." role="status">
        A file is still being read; its drops are counted at its end.
      </Empty>
    );
  const isNarrow =
    scope !== undefined &&
    (scope.filter.terms.length > 0 || scope.from !== undefined || scope.to !== undefined);
  if (isNarrow)
    return (
      <Empty
        title="Nothing was dropped in this scope."
        role="status"
        actions={<Button onClick={() => setTexts("", "", {})}>Show the whole capture</Button>}
      >
        The filter or the time range leaves no drop.
      </Empty>
    );
  return (
    <Empty
      title="Nothing was dropped in this capture."
      role="status"
      actions={
        <Link href={viewAddress(captureId, "quality", "")} className={linkButton("plain")}>
          What the log can tell
        </Link>
      }
    >
      No record tells of a packet or request that was lost. If you expected some: the export may have been
      filtered by verdict, or the node that dropped them is missing. What was audited, and what was dropped
      without a loss, is listed under the two words above.
    </Empty>
  );
}
