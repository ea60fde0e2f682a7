"use client";

import { ArrowLeft, ArrowRight, CircleMinus, CirclePlus, Target, X } from "lucide-react";
import { Fragment, type KeyboardEvent, useEffect, useId, useRef } from "react";
import { ApiError } from "@/components/frame/api";
import { ZONE } from "@/components/frame/preferences";
import { useFlow } from "@/components/frame/queries";
import { Verdict } from "@/components/frame/verdicts";
import { Banner } from "@/components/ui/banner";
import { Button, IconButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { ScrollRegion } from "@/components/ui/scroll";
import { visible } from "@/components/ui/text";
import { useStored } from "@/components/ui/use-stored";
import type { FlowDetailAnswer } from "@/lib/questions/answers";
import { formatTerm, type Term } from "@/lib/scope/filter";
import { ConnectionStory } from "./connection-story";
import type { Field } from "./field-group";
import type { How } from "./filter-by";
import styles from "./flow-drawer.module.css";
import { flowFields } from "./flow-fields";
import { partyName } from "./party";
import { RawRecord } from "./raw-record";
import { portText } from "./row-text";
import { clientOf, serverOf } from "./value-terms";

interface FlowDrawerProps {
  readonly captureId: string;
  readonly flowId: string;
  readonly width: number;
  /** The flow is there, but not among the rows of the scope. */
  readonly isOutside: boolean;
  readonly onFilter: (term: Term, how: How) => void;
  /** Another flow of its connection. */
  readonly onOpen: (flowId: string) => void;
  readonly onClose: () => void;
}

/** All that is known of one flow, beside the rows. */
export function FlowDrawer({
  captureId,
  flowId,
  width,
  isOutside,
  onFilter,
  onOpen,
  onClose,
}: FlowDrawerProps) {
  const id = useId();
  const { data, error, refetch } = useFlow(captureId, flowId);
  const drawer = useRef<HTMLElement>(null);
  const isFromInside = useRef(false);
  const openFromInside = (flow: string) => {
    isFromInside.current = true;
    onOpen(flow);
  };
  const shownId = data?.flow.id;
  useEffect(() => {
    // The step that was pressed is gone with the story it stood in; the same step stands in the new one.
    if (!isFromInside.current || shownId !== flowId) return;
    isFromInside.current = false;
    drawer.current?.querySelector<HTMLElement>('button[aria-current="true"]')?.focus();
  }, [shownId, flowId]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  };
  return (
    <aside
      ref={drawer}
      className={styles.drawer}
      style={{ width }}
      aria-labelledby={id}
      onKeyDown={onKeyDown}
    >
      <header className={styles.head}>
        <h2 id={id} className={styles.title}>
          {data ? <Heading row={data.row} /> : "Flow"}
        </h2>
        <IconButton label="Close the flow" hotkey="Esc" onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      <span role="status" className="spoken">
        {data ? `Flow opened: ${data.flow.time ?? "no time"}` : ""}
      </span>
      <ScrollRegion label="Fields of the flow" className={styles.body}>
        {isOutside && data && (
          <Banner tone="info">
            This flow is not among the rows: the filter or the time range leaves it out.
          </Banner>
        )}
        {error !== null && data === undefined && (
          <Empty
            title={error.message}
            role="alert"
            actions={<Button onClick={() => refetch()}>Try again</Button>}
          >
            {error instanceof ApiError && error.hint}
          </Empty>
        )}
        {data && <ConnectionStory key={data.flow.id} answer={data} onOpen={openFromInside} />}
        {data && <Fields answer={data} onFilter={onFilter} />}
        {data && <RawRecord captureId={captureId} flowId={flowId} raw={data.raw} row={data.row} />}
      </ScrollRegion>
    </aside>
  );
}

function Heading({ row }: { readonly row: FlowDetailAnswer["row"] }) {
  const port = portText(row);
  const isReply = row.client === "destination";
  const Arrow = isReply ? ArrowLeft : ArrowRight;
  return (
    <>
      <Verdict verdict={row.verdict} />
      <span className={styles.parties}>
        <bdi>{nameOf(clientOf(row))}</bdi>{" "}
        <Arrow size={13} className={styles.arrow} aria-label={isReply ? "reply from" : "to"} />{" "}
        <bdi>{nameOf(serverOf(row))}</bdi>
        {port.state === undefined && <span className={styles.quiet}> :{port.text}</span>}
      </span>
    </>
  );
}

function nameOf(party: FlowDetailAnswer["row"]["source"]): string {
  const { namespace, name } = partyName(party);
  return namespace === undefined ? name : `${namespace}/${name}`;
}

interface FieldsProps {
  readonly answer: FlowDetailAnswer;
  readonly onFilter: (term: Term, how: How) => void;
}

function Fields({ answer, onFilter }: FieldsProps) {
  const [zone] = useStored(ZONE);
  const { groups, missing } = flowFields(answer, zone);
  return (
    <>
      {groups.map(({ title, fields }) => (
        <section key={title} className={styles.group}>
          <h3 className={styles.groupTitle}>{title}</h3>
          <dl className={styles.fields}>
            {fields.map((field) => (
              <FieldRow key={field.label} field={field} onFilter={onFilter} />
            ))}
          </dl>
        </section>
      ))}
      {missing.length > 0 && (
        <p className={styles.missing}>
          <strong>Not in this record:</strong> {missing.join(", ")}.
        </p>
      )}
    </>
  );
}

interface FieldRowProps {
  readonly field: Field;
  readonly onFilter: (term: Term, how: How) => void;
}

function FieldRow({ field, onFilter }: FieldRowProps) {
  const { label, values, note, term, terms = [term] } = field;
  return (
    <div className={styles.field}>
      <dt className={styles.label}>{label}</dt>
      {[...values.entries()].map(([place, value]) => (
        <Fragment key={place}>
          <dd className={styles.value}>
            <span className={styles.text}>
              <bdi>{visible(value)}</bdi>
            </span>
            {note !== undefined && place === values.length - 1 && (
              <span className={styles.quiet}>{note}</span>
            )}
          </dd>
          <TermButtons term={terms[place]} onFilter={onFilter} />
        </Fragment>
      ))}
    </div>
  );
}

interface TermButtonsProps {
  readonly term: Term | undefined;
  readonly onFilter: (term: Term, how: How) => void;
}

function TermButtons({ term, onFilter }: TermButtonsProps) {
  if (term === undefined) return null;
  const text = visible(formatTerm(term));
  return (
    <dd className={styles.actions}>
      <IconButton label={`Include ${text}`} onClick={() => onFilter(term, "include")}>
        <CirclePlus size={14} aria-hidden />
      </IconButton>
      <IconButton label={`Exclude ${text}`} onClick={() => onFilter(term, "exclude")}>
        <CircleMinus size={14} aria-hidden />
      </IconButton>
      <IconButton label={`Only ${text}`} onClick={() => onFilter(term, "only")}>
        <Target size={14} aria-hidden />
      </IconButton>
    </dd>
  );
}
