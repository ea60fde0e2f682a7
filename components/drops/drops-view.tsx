"use client";

import { type ReactNode, useRef } from "react";
import { ApiError } from "@/components/frame/api";
import { useScope } from "@/components/frame/use-scope";
import { Button } from "@/components/ui/button";
import { DataTable } from "@/components/ui/data-table";
import { Empty } from "@/components/ui/empty";
import { formatQuantity } from "@/components/ui/format";
import { later } from "@/components/ui/later";
import { useHotkeys } from "@/components/ui/use-hotkeys";
import type { DropRow, DropsAnswer, DropsBy } from "@/lib/questions/answers-drops";
import { dropColumns } from "./drop-columns";
import { BY_LABELS, DROPS_BY } from "./drop-words";
import styles from "./drops-view.module.css";
import { useDrops } from "./queries";

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
  const drops = useDrops(captureId, scope, by);
  const openId = scope.view.cause;
  const open = (cause: string) => scope.setView({ cause });
  const close = () => scope.setView({ cause: null });
  useHotkeys({ Escape: () => (openId === undefined ? false : close()) });
  if (scope.scope === undefined) {
    return (
      <Empty title="No drops: this link cannot be read." role="status">
        What is wrong stands above, with a way to put it right.
      </Empty>
    );
  }
  if (drops.data === undefined) {
    if (drops.error === null) return <p className={styles.loading}>Counting drops …</p>;
    return <Failed error={drops.error} onRetry={() => drops.refetch()} />;
  }
  return (
    <div ref={view} className={styles.view}>
      <div className={styles.main}>
        <div className={styles.bar}>
          <h1 className={styles.count} aria-live="polite">
            {formatQuantity(drops.data.total, "drop")}
          </h1>
          <BySwitch by={by} onBy={(next) => scope.setView({ by: next === "cause" ? null : next })} />
        </div>
        {drops.data.meta.notes.map((note) => (
          <p key={note} className={styles.note}>
            {note}
          </p>
        ))}
        {drops.data.rows.length === 0 ? (
          <Nothing answer={drops.data} />
        ) : (
          <DataTable
            label={`Drops by ${BY_LABELS[by].toLowerCase()}`}
            columns={dropColumns({
              captureId,
              scope: scope.scope,
              by,
              answer: drops.data,
              onOpen: open,
            })}
            rows={drops.data.rows}
            keyOf={keyOf}
            isOpen={(row) => row.key.causeId !== undefined && row.key.causeId === openId}
            onOpen={by === "cause" ? (row) => row.key.causeId && open(row.key.causeId) : undefined}
          />
        )}
        {drops.data.folded.rows > 0 && (
          <p className={styles.note}>
            And {formatQuantity(drops.data.folded.rows, "row")} more with{" "}
            {formatQuantity(drops.data.folded.drops, "drop")}: narrow the scope to see them.
          </p>
        )}
      </div>
      {openId !== undefined && (
        <CauseDrawer captureId={captureId} causeId={openId} scope={scope} onClose={close} />
      )}
    </div>
  );
}

function readBy(word: string | undefined): DropsBy {
  return DROPS_BY.find((by) => by === word) ?? "cause";
}

function keyOf({ key, example }: DropRow): string {
  return `${JSON.stringify(key)} ${example}`;
}

interface BySwitchProps {
  readonly by: DropsBy;
  readonly onBy: (by: DropsBy) => void;
}

function BySwitch({ by, onBy }: BySwitchProps) {
  return (
    <fieldset className={styles.by}>
      <legend className="spoken">Group by</legend>
      {DROPS_BY.map((word) => (
        <Button key={word} small look="quiet" aria-pressed={word === by} onClick={() => onBy(word)}>
          {BY_LABELS[word]}
        </Button>
      ))}
    </fieldset>
  );
}

function Nothing({ answer }: { readonly answer: DropsAnswer }) {
  return (
    <Empty title="Nothing was dropped in this scope." role="status">
      {answer.meta.partial
        ? "A file is still being settled; drops are counted at the end."
        : "Records with verdict DROPPED that lost nothing are not counted here (filter: not-a-loss:yes)."}
    </Empty>
  );
}

function Failed({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }): ReactNode {
  return (
    <Empty title={error.message} role="alert" actions={<Button onClick={onRetry}>Try again</Button>}>
      {error instanceof ApiError && error.hint}
    </Empty>
  );
}
