"use client";

import { flowsAddress } from "@/components/frame/flows-address";
import { DrawerPart } from "@/components/ui/drawer";
import { formatCount, formatQuantity, formatSpan } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { visible } from "@/components/ui/text";
import type { L7Answer, L7Protocol, L7Row } from "@/lib/questions/answers-l7";
import { type Measure, measureTerms, rowTerms } from "@/lib/scope/request-terms";
import type { AboutPart } from "./about-parts";
import { useRequests } from "./drawer-queries";
import styles from "./map-drawer.module.css";

const TITLES: Readonly<Record<L7Protocol, string>> = {
  http: "HTTP requests",
  grpc: "gRPC requests",
  kafka: "Kafka requests",
};
const PROTOCOLS = Object.keys(TITLES) as readonly L7Protocol[];

/** Requests by status, how many failed, how fast. Nothing for a protocol of which there is no request. */
export function RequestSummary(part: AboutPart) {
  const answers = useRequests(part.captureId, part.query, PROTOCOLS);
  return PROTOCOLS.map((protocol, at) => {
    const answer = answers[at];
    if (answer === undefined || answer.rows.length === 0) return null;
    return <OfProtocol key={protocol} {...part} protocol={protocol} answer={answer} />;
  });
}

interface OfProtocolProps extends AboutPart {
  readonly protocol: L7Protocol;
  readonly answer: L7Answer;
}

function OfProtocol({ captureId, scope, titled, protocol, answer }: OfProtocolProps) {
  const { total, rows, folded } = answer;
  const count = (n: number, text: string, key: L7Row["key"], measure: Measure) => {
    const terms = rowTerms(protocol, key);
    return n > 0 && terms !== undefined ? (
      <Link href={flowsAddress(captureId, scope, ...terms, ...measureTerms(measure))}>{text}</Link>
    ) : (
      text
    );
  };
  const { p95 } = total.latencyNs;
  const hasAnswersOnly = total.answersOnly > 0;
  return (
    <DrawerPart title={titled(TITLES[protocol])}>
      <p>
        {count(total.requests, formatQuantity(total.requests, "request"), {}, "requests")},{" "}
        {count(total.errors, formatQuantity(total.errors, "error"), {}, "errors")}
        {total.clientErrors > 0 && (
          <>
            ,{" "}
            {count(
              total.clientErrors,
              formatQuantity(total.clientErrors, "client error"),
              {},
              "clientErrors",
            )}
          </>
        )}
        {p95 !== null && `, 95 % within ${formatSpan(BigInt(p95))}`}.
      </p>
      <table className={styles.list}>
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col" className={styles.number}>
              Requests
            </th>
            {hasAnswersOnly && (
              <th scope="col" className={styles.number}>
                Answers alone
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, requests, answersOnly }) => (
            <tr key={key.status}>
              <td>{visible(key.status ?? "not known")}</td>
              <td className={styles.number}>{count(requests, formatCount(requests), key, "requests")}</td>
              {hasAnswersOnly && (
                <td className={styles.number}>
                  {count(answersOnly, formatCount(answersOnly), key, "answersOnly")}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {folded.rows > 0 && (
        <p className={styles.quiet}>
          And {formatQuantity(folded.requests, "request")} with {formatCount(folded.rows)} more.
        </p>
      )}
    </DrawerPart>
  );
}
