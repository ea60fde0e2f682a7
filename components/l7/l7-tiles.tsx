"use client";

import { flowsAddress } from "@/components/frame/flows-address";
import { formatCount, formatQuantity, formatShare, formatSpan } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { Tile, Tiles } from "@/components/ui/tile";
import shared from "@/components/ui/view.module.css";
import { parseTime } from "@/lib/base/time";
import type { L7Counts } from "@/lib/questions/answers-l7";
import { type Measure, measureTerms, requestTerm } from "@/lib/scope/request-terms";
import styles from "./l7-view.module.css";
import {
  CLASS_LABELS,
  countedOf,
  hasClientErrors,
  isAnswersOnly,
  latencyOrigin,
  latencyText,
} from "./l7-words";
import type { L7PartProps } from "./part";

const UNKNOWN = <span className={styles.unknown}>not knowable</span>;

interface L7TilesProps extends L7PartProps {
  readonly total: L7Counts;
  /** Records that cannot be paired are among them. */
  readonly isAtMost: boolean;
}

/** The numbers of the whole scope. */
export function L7Tiles({ total, isAtMost, ...part }: L7TilesProps) {
  const { protocol } = part;
  const number = (measure: Measure, count: number, isInText = false) => {
    const isBounded = isAtMost && !isInText && count > 0;
    return (
      <>
        {isBounded && <span className={styles.atMost}>at most </span>}
        <CountLink {...part} measure={measure} count={count} isInText={isInText || isBounded} />
      </>
    );
  };
  const server = total.errors - total.denied;
  const { samples } = total.latencyNs;
  const isAnswers = isAnswersOnly(total);
  const [denied, unanswered] = [countedOf("denied", total), countedOf("unanswered", total)];
  return (
    <Tiles label="Requests of the scope">
      <Tile
        label={isAnswers ? "Answers" : "Requests"}
        value={isAnswers ? number("answersOnly", total.answersOnly) : number("requests", total.requests)}
        note={<RequestsNote {...part} total={total} />}
      />
      <Tile
        label="Errors"
        value={number("errors", total.errors)}
        note={`${formatShare(total.errors, total.requests + total.answersOnly)}: ${protocol === "kafka" ? "the broker's error codes" : "server's fault"} or refused by a rule`}
        tone={total.errors > 0 ? "bad" : undefined}
      />
      <Tile
        label="Denied by policy"
        value={denied === null ? UNKNOWN : number("denied", denied)}
        note={
          denied === null
            ? "the request says so, and none is in the log: a 403 may be the proxy's own"
            : "an L7 rule refused it: the proxy answered, the server never saw it"
        }
        tone={total.denied > 0 ? "bad" : undefined}
      />
      <Tile
        label={capital(CLASS_LABELS[protocol]["server-error"])}
        value={number("serverErrors", server)}
        note={<Success {...part} total={total} />}
        tone={server > 0 ? "bad" : undefined}
      />
      {hasClientErrors(protocol) && (
        <Tile
          label={capital(CLASS_LABELS[protocol]["client-error"])}
          value={number("clientErrors", total.clientErrors)}
          note="not counted as errors"
          tone={total.clientErrors > 0 ? "warn" : undefined}
        />
      )}
      <Tile
        label="No answer"
        value={unanswered === null ? UNKNOWN : number("unanswered", unanswered)}
        note={
          isAnswers ? (
            "no request is in the log"
          ) : total.open > 0 ? (
            <>and {number("open", total.open, true)} open when the log ended or lost events</>
          ) : (
            "within 65 s, in a log that could have shown one"
          )
        }
        tone={total.unanswered > 0 ? "warn" : undefined}
      />
      <Tile
        label="Latency, median"
        value={
          samples === 0 ? (
            <span className={styles.unknown}>not in this capture</span>
          ) : (
            latencyText(total.latencyNs.p50)
          )
        }
        note={
          <>
            {samples > 0 && (
              <>
                p95 {latencyText(total.latencyNs.p95)}, p99 {latencyText(total.latencyNs.p99)};{" "}
                {number("samples", samples, true)} samples,{" "}
              </>
            )}
            {latencyOrigin(protocol, total)}
          </>
        }
      />
    </Tiles>
  );
}

const SECOND = 1_000_000_000n;
/** Of shorter spans fractions of a second matter to the rate. */
const MINUTE = 60n * SECOND;

function RequestsNote({ total, ...part }: L7PartProps & { readonly total: L7Counts }) {
  const [first, last] = [total.first, total.last].map((time) =>
    time === null ? undefined : parseTime(time),
  );
  const spanNs = first === undefined || last === undefined ? 0n : last - first;
  return (
    <>
      {spanNs > 0n &&
        `${perSecond(total.requests || total.answersOnly, spanNs)} per second over ${formatSpan(spanNs < MINUTE ? spanNs : spanNs - (spanNs % SECOND))}`}
      {total.answersOnly > 0 && !isAnswersOnly(total) && (
        <>
          {spanNs > 0n && "; "}
          <CountLink {...part} measure="answersOnly" count={total.answersOnly} isInText />{" "}
          {total.answersOnly === 1 ? "answer" : "answers"} without the request
        </>
      )}
    </>
  );
}

function perSecond(count: number, spanNs: bigint): string {
  const rate = (count / Number(spanNs)) * 1e9;
  return rate >= 100 ? formatCount(Math.round(rate)) : String(Number(rate.toPrecision(2)));
}

/** Both ways to count a success, because both are in use. */
function Success({ total, ...part }: L7PartProps & { readonly total: L7Counts }) {
  const { responses, succeeded, clientErrors } = total;
  if (responses === 0) return "no answers";
  return (
    <>
      {formatShare(succeeded, responses)} of{" "}
      <CountLink {...part} measure="responses" count={responses} isInText />{" "}
      {answersText(part.protocol, responses)}
      {hasClientErrors(part.protocol) &&
        `, ${formatShare(succeeded - clientErrors, responses)} without client errors`}
    </>
  );
}

/** What a broker answered is in no record of Cilium, so an answer without an error code is not said to have succeeded. */
function answersText(protocol: L7PartProps["protocol"], responses: number): string {
  const [noun, has] = responses === 1 ? ["answer", "has"] : ["answers", "have"];
  return protocol === "kafka" ? `${noun} ${has} no error code` : `${noun} succeeded`;
}

interface CountLinkProps extends L7PartProps {
  readonly measure: Measure;
  readonly count: number;
  /** Stands among words: then it is underlined, so that more than its colour tells it from them. */
  readonly isInText?: boolean;
}

function CountLink({ captureId, scope, protocol, measure, count, isInText }: CountLinkProps) {
  const terms = [requestTerm(protocol), ...measureTerms(measure)];
  return (
    <Link
      href={flowsAddress(captureId, scope, ...terms)}
      className={isInText ? shared.inText : undefined}
      title={`The flows of ${formatQuantity(count, "request")}`}
    >
      {formatCount(count)}
    </Link>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
