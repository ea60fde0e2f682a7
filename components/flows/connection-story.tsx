"use client";

import { useId, useState } from "react";
import { toneOf, verdictLabel } from "@/components/frame/verdicts";
import { Button } from "@/components/ui/button";
import { formatCount, formatQuantity, formatSpan } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import type { FlowDetailAnswer } from "@/lib/questions/answers";
import styles from "./connection-story.module.css";
import { becauseText, hasProxy, offsetText, type Rung, reachOf, rungs, type StoryRecord } from "./ladder";
import { partyName } from "./party";
import { eventText, layer7Text, nodeText, policyMarks, reasonText } from "./row-text";

interface ConnectionStoryProps {
  readonly answer: FlowDetailAnswer;
  readonly onOpen: (flowId: string) => void;
}

/** Packets listed before and behind the open one, until all are asked for. */
const NEIGHBOURS = 20;

/** Every record of the flow's connection in the order of time, as a ladder between client, proxy and server. */
export function ConnectionStory({ answer, onOpen }: ConnectionStoryProps) {
  const id = useId();
  const [isAll, setAll] = useState(false);
  const { connection, story, connectionNote, flow } = answer;
  const all = rungs(connection);
  const at = all.findIndex(({ record, others }) => [record, ...others].some((one) => one.id === flow.id));
  const first = isAll ? 0 : Math.max(0, at - NEIGHBOURS);
  const shown = isAll ? all : all.slice(first, at + NEIGHBOURS + 1);
  return (
    <section className={styles.story} aria-labelledby={id}>
      <h3 id={id}>Connection</h3>
      {story && <Told answer={answer} story={story} packets={all.length} onOpen={onOpen} />}
      {connectionNote !== null && <p className={styles.quiet}>{visible(connectionNote)}</p>}
      {story && shown.length > 0 && (
        <>
          <Lanes story={story} withProxy={hasProxy(connection)} />
          <ol className={styles.rungs}>
            {shown.map((rung) => (
              <RungView
                key={rung.record.id}
                rung={rung}
                start={connection[0]?.time ?? null}
                openId={flow.id}
                withProxy={hasProxy(connection)}
                onOpen={onOpen}
              />
            ))}
          </ol>
        </>
      )}
      {shown.length < all.length && (
        <Button small onClick={() => setAll(true)}>
          Show all {formatCount(all.length)} packets and messages
        </Button>
      )}
    </section>
  );
}

type Story = NonNullable<FlowDetailAnswer["story"]>;

interface ToldProps {
  readonly answer: FlowDetailAnswer;
  readonly story: Story;
  readonly packets: number;
  readonly onOpen: (flowId: string) => void;
}

/** The connection in sentences. */
function Told({ answer: { connection }, story, packets, onOpen }: ToldProps) {
  const { attempt, resolved, isClientKnown } = story;
  const refused = connection.filter(({ l7, verdict }) => l7 !== null && verdict === "DROPPED").length;
  const retries = attempt === null ? 0 : Math.max(0, attempt.syns - 1);
  return (
    <>
      <p>
        {attempt !== null && (
          <>
            <strong>{sentence(attempt.text)}</strong>
            {retries > 0 && ` after ${formatQuantity(retries, "retry", "retries")}`}.{" "}
          </>
        )}
        {refused > 0 && (
          <>
            <strong>A rule refused what was asked</strong> ({formatQuantity(refused, "message")}).{" "}
          </>
        )}
        {formatQuantity(connection.length, "record")} of{" "}
        {formatQuantity(packets, "packet or message", "packets and messages")}.
        {!isClientKnown && " Nothing says who asked whom: the client is the side that began."}
      </p>
      {resolved && (
        <p>
          {formatSpan(BigInt(resolved.ageNs))} before, the client had asked DNS for{" "}
          <bdi>{resolved.query === null ? "a name that the log left out" : visible(resolved.query)}</bdi> and
          got this address
          {resolved.ttlSeconds !== null && ` for ${formatCount(resolved.ttlSeconds)} s`}
          {resolved.isExpired === true && ", which had expired by then"}.{" "}
          <button type="button" className={styles.link} onClick={() => onOpen(resolved.id)}>
            Open the answer
          </button>
        </p>
      )}
    </>
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Width of the drawing, and where its lanes stand. */
const WIDTH = 132;
const CLIENT = 8;
const SERVER = WIDTH - 8;
const HEIGHT = 22;

function Lanes({ story, withProxy }: { readonly story: Story; readonly withProxy: boolean }) {
  return (
    <div className={styles.lanes}>
      <span>
        <span className={styles.quiet}>client</span> <bdi>{nameOf(story.client)}</bdi>
      </span>
      {withProxy && <span className={styles.proxy}>proxy</span>}
      <span className={styles.server}>
        <span className={styles.quiet}>server</span> <bdi>{nameOf(story.server)}</bdi>
      </span>
    </div>
  );
}

function nameOf(end: Story["client"]): string {
  const { namespace, name } = partyName(end);
  return `${namespace === undefined ? "" : `${namespace}/`}${name}${end.port === null ? "" : `:${end.port}`}`;
}

interface RungProps {
  readonly rung: Rung;
  readonly start: string | null;
  readonly openId: string;
  readonly withProxy: boolean;
  readonly onOpen: (flowId: string) => void;
}

function RungView({ rung: { record, others }, ...more }: RungProps) {
  return (
    <li>
      <RecordView record={record} {...more} />
      {others.length > 0 && (
        <ul>
          {others.map((other) => (
            <li key={other.id}>
              <RecordView record={other} isFurther {...more} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

interface RecordProps extends Omit<RungProps, "rung"> {
  readonly record: StoryRecord;
  /** A further sighting of the packet above it. */
  readonly isFurther?: boolean;
}

function RecordView({ record, isFurther = false, start, openId, withProxy, onOpen }: RecordProps) {
  const tone = toneOf(record.verdict);
  return (
    <button
      type="button"
      className={styles.record}
      data-further={isFurther || undefined}
      aria-current={record.id === openId ? "true" : undefined}
      onClick={() => record.id !== openId && onOpen(record.id)}
    >
      <span className={styles.offset}>{offsetText(record.time, start)}</span>
      <Arrow record={record} tone={tone} withProxy={withProxy} />
      <span className={styles.words}>
        <span className="spoken">
          {record.fromClient ? "From client to server: " : "From server to client: "}
        </span>
        <span className={tone === "bad" ? styles.bad : undefined}>{whatText(record)}</span>{" "}
        <span className={styles.quiet}>
          {whereText(record)}
          {isFurther && `; ${becauseText(record)}`}
        </span>
      </span>
    </button>
  );
}

function Arrow({
  record,
  tone,
  withProxy,
}: {
  readonly record: StoryRecord;
  readonly tone: string;
  readonly withProxy: boolean;
}) {
  const { from, to, mark } = reachOf(record);
  const place = (share: number) =>
    record.fromClient ? CLIENT + share * (SERVER - CLIENT) : SERVER - share * (SERVER - CLIENT);
  const [x1, x2] = [place(from), place(to)];
  const back = x2 > x1 ? -5 : 5;
  const y = HEIGHT / 2;
  return (
    <svg
      className={styles.ladder}
      data-tone={tone}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden
    >
      <path
        className={styles.lane}
        d={`M${CLIENT} 0v${HEIGHT}M${SERVER} 0v${HEIGHT}${withProxy ? `M${WIDTH / 2} 0v${HEIGHT}` : ""}`}
      />
      <path className={styles.way} d={`M${x1} ${y}H${x2}`} />
      <path className={styles.mark} d={MARKS[mark](x2, y, back)} />
    </svg>
  );
}

const MARKS = {
  arrow: (x: number, y: number, back: number) => `M${x + back} ${y - 4}L${x} ${y}L${x + back} ${y + 4}`,
  cross: (x: number, y: number) => `M${x - 4} ${y - 4}l8 8M${x + 4} ${y - 4}l-8 8`,
  check: (x: number, y: number) => `M${x - 4} ${y}l3 4l5 -8`,
};

/** What it was: flags of a packet, a message, or what was decided about it. */
function whatText(record: StoryRecord): string {
  const { step, verdict, tcpFlags, icmp } = record;
  if (record.l7 !== null) return `${verdict === "DROPPED" ? "refused: " : ""}${layer7Text(record).text}`;
  const packet =
    tcpFlags.length > 0 ? tcpFlags.join(" ") : icmp ? `ICMP ${icmp.type}/${icmp.code}` : "packet";
  if (step === "drop") return `${packet} dropped: ${reasonText(record).text || "reason not said"}`;
  if (step === "verdict") return `${packet} ${decisionText(record)}`;
  return verdict === "FORWARDED" ? packet : `${packet} ${verdictLabel(verdict).toLowerCase()}`;
}

function decisionText(record: StoryRecord): string {
  const marks = policyMarks(record);
  const names = marks.map(({ name }) => name).join(", ");
  if (record.verdict === "DROPPED") return names === "" ? "denied: no rule allowed it" : `denied by ${names}`;
  return `${verdictLabel(record.verdict) === "AUDIT" ? "audited" : "allowed"}${names === "" ? "" : ` by ${names}`}`;
}

function whereText(record: StoryRecord): string {
  const event = eventText(record).text.replace(/^trace:/, "");
  return `${record.step === "trace" ? event : record.step} on ${nodeText(record).text}`;
}
