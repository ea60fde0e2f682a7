"use client";

import { PanelLeft } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { ApiError, capturePath, getJson } from "@/components/frame/api";
import { flowsAddress, IS_DROP } from "@/components/frame/flows-address";
import { focusView } from "@/components/frame/kept-focus";
import { NoFlows } from "@/components/frame/no-flows";
import { TIME_STYLE, ZONE } from "@/components/frame/preferences";
import { flowsSoFar, revisionParams, useAskAgain, useCapture, useTotal } from "@/components/frame/queries";
import { Unreadable } from "@/components/frame/unreadable";
import { type ScopeHandle, useScope } from "@/components/frame/use-scope";
import { Button } from "@/components/ui/button";
import { type Dated, datedOver } from "@/components/ui/clock";
import { Empty } from "@/components/ui/empty";
import { formatQuantity } from "@/components/ui/format";
import { later } from "@/components/ui/later";
import { Link } from "@/components/ui/link";
import { Splitter } from "@/components/ui/splitter";
import { useHotkeys } from "@/components/ui/use-hotkeys";
import { useMounted } from "@/components/ui/use-mounted";
import { useSize } from "@/components/ui/use-size";
import { type Preference, useStored } from "@/components/ui/use-stored";
import { parseTime } from "@/lib/base/time";
import type { CaptureAnswer, FlowDetailAnswer, FlowRow, FlowsAnswer } from "@/lib/questions/answers";
import { cellText } from "./cell-text";
import { ColumnMenu } from "./column-menu";
import { COLUMN_CHOICE, fittingColumns, shownColumns, withPlace, withWidth } from "./columns";
import { ExportMenu } from "./export-menu";
import { filterBy } from "./filter-by";
import { FlowGrid, type GridHandle, type ValuePlace } from "./flow-grid";
import { orderLink, orderOf, orderWords, pressed } from "./flow-order";
import styles from "./flows-view.module.css";
import { nextError } from "./next-error";
import { useFirstPage } from "./use-flow-rows";
import { useLocatedFlow } from "./use-located-flow";
import { ValueMenu } from "./value-menu";
import { termsOf } from "./value-terms";

const FlowDrawer = later(() => import("./flow-drawer").then((module) => module.FlowDrawer));

const Facets = later(() => import("./facets").then((module) => module.Facets));

/** Whether the list of values stands at the left; until it was decided, where the window is wide. */
const HAS_FACETS: Preference<boolean | "wide"> = {
  name: "facets",
  fallback: "wide",
  read: (stored) => (typeof stored === "boolean" ? stored : undefined),
};
const WIDE = 1500;

const DRAWER_LEAST = 320;
/** The rows keep at least this much. */
const ROWS_LEAST = 360;

const DRAWER_WIDTH: Preference<number> = {
  name: "drawer-width",
  fallback: 480,
  read: (stored) =>
    typeof stored === "number" && stored >= DRAWER_LEAST && stored <= 2000 ? stored : undefined,
};

/** Every flow of the scope in a table, and one of them in a drawer beside it. */
export function FlowsView({ captureId }: { readonly captureId: string }) {
  const isMounted = useMounted();
  const scope = useScope();
  const capture = useCapture(captureId).data;
  const total = useTotal(captureId, scope);
  const askAgain = useAskAgain(captureId);
  const { sort, order, flow } = scope.view;
  useFirstPage({
    captureId,
    query: scope.query,
    order: orderOf({ sort, order }),
    // A flow that is open is looked for first: its row may be on any page.
    isEnabled: scope.scope !== undefined && capture === undefined && flow === undefined,
  });
  if (isMounted && scope.scope === undefined) return <Unreadable what="rows" scope={scope} />;
  if (isMounted && total.error !== null && total.data === undefined)
    return <Failed error={total.error} onRetry={askAgain} />;
  return (
    <Box>
      {(width) =>
        capture !== undefined && (
          <Rows
            captureId={captureId}
            capture={capture}
            scope={scope}
            total={total.data?.total ?? undefined}
            width={width}
          />
        )
      }
    </Box>
  );
}

/**
 * In the page before there is anything to draw in it, which then knows how wide it is and need not be drawn again. In the server's markup
 * it is empty: widths and heights are styles, which must not stand there.
 */
function Box({ children }: { readonly children: (width: number) => ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  return (
    <div ref={box} className={styles.view}>
      {width > 0 && children(width)}
    </div>
  );
}

interface RowsProps {
  readonly captureId: string;
  readonly capture: CaptureAnswer;
  readonly scope: ScopeHandle;
  /** Absent while they are being counted. */
  readonly total: NonNullable<FlowsAnswer["total"]> | undefined;
  /** Of the whole view, in pixels. */
  readonly width: number;
}

function Rows({ captureId, capture, scope, total, width }: RowsProps) {
  const records = total?.records;
  const grid = useRef<GridHandle>(null);
  const table = useRef<HTMLDivElement>(null);
  const [choice, setChoice] = useStored(COLUMN_CHOICE);
  const [zone] = useStored(ZONE);
  const [timeStyle] = useStored(TIME_STYLE);
  const [wantsFacets, setFacets] = useStored(HAS_FACETS);
  const [menu, setMenu] = useState<ValuePlace>();
  /** What a key did not find, and in which scope. */
  const [said, setSaid] = useState({ query: "", text: "" });
  const [wantedWidth, setWidth] = useStored(DRAWER_WIDTH);
  const { sort, order: way } = scope.view;
  const order = useMemo(() => orderOf({ sort, order: way }), [sort, way]);
  const { isOutside, openedHere } = useLocatedFlow(captureId, scope, order, (row) =>
    grid.current?.goTo(row, "centre"),
  );
  const walk = useWalk();
  const hasFacets = wantsFacets === "wide" ? width >= WIDE : wantsFacets;
  const size = useSize(table);
  const dated = timeStyle === "absolute" ? datedIn(capture, zone) : "time";
  const { columns, left } = useMemo(
    () => fittingColumns(shownColumns(choice, dated), choice, size.width || Number.POSITIVE_INFINITY),
    [choice, dated, size.width],
  );
  const first = scope.scope?.from ?? (capture.first === null ? undefined : parseTime(capture.first));
  const since = timeStyle === "relative" ? first : undefined;
  // Rows are drawn anew where what they are given is another object.
  const look = useMemo(() => ({ zone, dated, since }), [zone, dated, since]);
  const openId = scope.view.flow;
  const most = Math.max(DRAWER_LEAST, width - ROWS_LEAST);

  const open = (row: FlowRow, step: "push" | "replace" = "push") => {
    openedHere(row.id);
    scope.openFlow(row.id, step);
  };
  const byTime = () => scope.setOrder({ sort: null, order: null });
  const close = () => {
    scope.closeFlow();
    grid.current?.focus();
  };
  const isEmpty = records === 0;
  const hadRows = useRef(false);
  useEffect(() => {
    // The table that the keys were on is gone.
    if (isEmpty && hadRows.current && document.activeElement === document.body) focusView();
    // While they are counted the table of before still stands.
    if (records !== undefined) hadRows.current = !isEmpty;
  }, [isEmpty, records]);
  const toError = async (direction: "next" | "previous") => {
    const place =
      openId === undefined
        ? grid.current?.row()
        : { id: openId, time: await timeOf(captureId, openId, scope.scope?.revision) };
    // Rows that are still on their way may be errors.
    if (place === undefined && !isEmpty) return;
    const id =
      place &&
      scope.scope &&
      (await nextError(
        captureId,
        scope.scope,
        place,
        order.sort === "time" && order.way === "desc" ? opposite(direction) : direction,
      ));
    setSaid({ query: scope.query, text: id ? "" : `No error ${direction === "next" ? "below" : "above"}` });
    if (id) scope.openFlow(id, openId === undefined ? "push" : "replace");
    if (document.activeElement === document.body) grid.current?.focus();
  };
  useHotkeys({
    e: () => void toError("next"),
    E: () => void toError("previous"),
    j: () => grid.current?.move("next"),
    k: () => grid.current?.move("previous"),
    Escape: () => openId !== undefined && close(),
  });
  return (
    <>
      {hasFacets && <Facets captureId={captureId} scope={scope} />}
      <div className={styles.rows}>
        <div className={styles.bar}>
          <Button
            look="quiet"
            small
            aria-label={hasFacets ? "Hide the list of values" : "Show the list of values"}
            aria-expanded={hasFacets}
            onClick={() => setFacets(!hasFacets)}
          >
            <PanelLeft size={15} aria-hidden />
            Values
          </Button>
          <h1 className={styles.count} aria-live="polite">
            {records === undefined ? "Counting flows …" : formatQuantity(records, "flow")}
          </h1>
          {total?.drops && scope.scope ? (
            <span className={styles.order}>
              <Link href={flowsAddress(captureId, scope.scope, IS_DROP)} title="The records of the drops">
                {formatQuantity(total.drops, "drop")}
              </Link>
            </span>
          ) : null}
          <span className={styles.order}>{orderWords(order)}</span>
          <span role="status" className={styles.said}>
            {said.query === scope.query && said.text}
          </span>
          <span className={styles.space} />
          {left.length > 0 && (
            <span
              className={styles.order}
              title={`Without room for ${left.map(({ label }) => label).join(", ")}. A column ticked in Columns always stays.`}
            >
              {formatQuantity(left.length, "column")} left out
            </span>
          )}
          <ColumnMenu choice={choice} left={left} onChange={setChoice} />
          <ExportMenu captureId={captureId} query={scope.query} columns={columns} />
        </div>
        <div className={styles.table} ref={table}>
          {isEmpty && <NoFlows capture={capture} scope={scope} />}
          {!isEmpty && size.width > 0 && (
            <FlowGrid
              ref={grid}
              size={size}
              captureId={captureId}
              query={scope.query}
              order={order}
              total={records ?? guessedRows(capture, scope)}
              isCounted={records !== undefined}
              columns={columns}
              look={look}
              openId={openId}
              onOpen={(row) => open(row)}
              onMoved={(row) => openId !== undefined && walk(() => open(row, "replace"))}
              onClose={() => openId !== undefined && close()}
              onMenu={setMenu}
              onFilter={(row, column, how) => {
                const [term] = termsOf(column, row);
                if (term) filterBy(scope, term, how);
              }}
              onSort={(column) => scope.setOrder(orderLink(pressed(order, column)))}
              onWidth={(column, wanted) => setChoice(withWidth(choice, column, wanted))}
              onPlace={(column, target) => setChoice(withPlace(choice, column, target))}
              renderError={(error, retry) => <Failed error={error} onRetry={retry} onByTime={byTime} />}
            />
          )}
        </div>
      </div>
      {openId !== undefined && (
        <>
          <Splitter
            label="Width of the flow"
            width={Math.min(wantedWidth, most)}
            least={DRAWER_LEAST}
            most={most}
            onWidth={setWidth}
          />
          <FlowDrawer
            captureId={captureId}
            flowId={openId}
            width={Math.min(wantedWidth, most)}
            isOutside={isOutside}
            onFilter={(term, how) => filterBy(scope, term, how)}
            onOpen={(id) => scope.openFlow(id)}
            onClose={close}
          />
        </>
      )}
      {menu && (
        <ValueMenu
          box={menu.box}
          isByKey={menu.isByKey}
          text={cellText(menu.column, menu.row, zone)}
          terms={termsOf(menu.column, menu.row)}
          onFilter={(term, how) => filterBy(scope, term, how)}
          onOpen={() => open(menu.row)}
          onClosed={() => {
            setMenu(undefined);
            grid.current?.focus();
          }}
        />
      )}
    </>
  );
}

async function timeOf(
  captureId: string,
  flowId: string,
  revision: number | undefined,
): Promise<string | null> {
  const path = capturePath(captureId, `/flows/${encodeURIComponent(flowId)}`);
  return (await getJson<FlowDetailAnswer>(path, { params: revisionParams(revision) })).row.time;
}

function opposite(direction: "next" | "previous"): "next" | "previous" {
  return direction === "next" ? "previous" : "next";
}

/** Runs only the last of many calls: a key held down must not ask for every flow it passes. */
function useWalk(): (action: () => void) => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (action) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(action, 120);
  };
}

/** Until the rows are counted: all of the capture when nothing narrows the scope, else a page of them. */
function guessedRows(capture: CaptureAnswer, { scope }: ScopeHandle): number {
  const isNarrowed =
    scope !== undefined &&
    (scope.filter.terms.length > 0 || scope.from !== undefined || scope.to !== undefined);
  const flows = flowsSoFar(capture);
  return isNarrowed ? Math.min(flows, 100) : flows;
}

function datedIn({ first, last }: CaptureAnswer, zone: "utc" | "local"): Dated {
  const from = first === null ? undefined : parseTime(first);
  const to = last === null ? undefined : parseTime(last);
  return from !== undefined && to !== undefined ? datedOver(from, to, zone) : "time";
}

interface FailedProps {
  readonly error: Error;
  readonly onRetry: () => void;
  readonly onByTime?: () => void;
}

function Failed({ error, onRetry, onByTime }: FailedProps): ReactNode {
  const isTooWide = error instanceof ApiError && error.code === "scope_too_wide" && onByTime !== undefined;
  const action = isTooWide ? (
    <Button onClick={onByTime}>Sort by time</Button>
  ) : (
    <Button onClick={onRetry}>Try again</Button>
  );
  return (
    <Empty title={error.message} role="alert" actions={action}>
      {error instanceof ApiError && error.hint}
    </Empty>
  );
}
