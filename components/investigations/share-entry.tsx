"use client";

import { Button } from "@/components/ui/button";
import fields from "@/components/ui/fields.module.css";
import { formatQuantity } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import type { Share } from "@/lib/investigations/share";
import styles from "./share-dialog.module.css";
import { useRemoveShare } from "./share-queries";
import { minuteText } from "./time-text";

interface ShareEntryProps {
  readonly investigationId: string;
  readonly share: Share;
}

/** One link: for whom, until when, who opened it, and the way to close it. */
export function ShareEntry({ investigationId, share }: ShareEntryProps) {
  const remove = useRemoveShare(investigationId);
  const closed = closedText(share);
  const name = share.note === "" ? `Link of ${minuteText(share.createdAt)}` : visible(share.note);
  return (
    <li className={styles.link} aria-label={name}>
      <div className={styles.linkHead}>
        <span className={styles.name}>{name}</span>
        <Button
          small
          look={closed === undefined ? "danger" : "quiet"}
          disabled={remove.isPending}
          onClick={() => remove.mutate(share.id)}
        >
          {closed === undefined ? "Withdraw" : "Remove with its log"}
        </Button>
      </div>
      <p className={styles.quiet}>
        {closed ?? openText(share)}
        {share.hasPassphrase && ", with a passphrase"}
        {`, opened ${share.opened === 0 ? "by nobody yet" : formatQuantity(share.opened, "time")}`}
      </p>
      {remove.error && (
        <p className={fields.problem} role="alert">
          {remove.error.message}
        </p>
      )}
      {share.accesses.length > 0 && <Accesses share={share} />}
    </li>
  );
}

function Accesses({ share: { accesses } }: { readonly share: Share }) {
  return (
    <details className={styles.accesses}>
      <summary>Who opened it</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">From</th>
            <th scope="col">What</th>
            <th scope="col">Browser, as it names itself</th>
          </tr>
        </thead>
        <tbody>
          {accesses.map(({ at, address, agent, outcome }) => (
            <tr key={`${at} ${address} ${agent} ${outcome}`}>
              <td>{minuteText(at)}</td>
              <td>{visible(address)}</td>
              <td>{OUTCOMES[outcome]}</td>
              <td className={styles.agent}>{agent === "" ? "unknown: it did not say" : visible(agent)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

const OUTCOMES: Readonly<Record<Share["accesses"][number]["outcome"], string>> = {
  opened: "opened",
  "wrong-passphrase": "wrong passphrase",
  expired: "refused: expired",
  revoked: "refused: withdrawn",
};

function openText({ expiresAt }: Share): string {
  return expiresAt === null ? "works until it is withdrawn" : `works until ${minuteText(expiresAt)}`;
}

/** Undefined while the link works. */
function closedText({ revokedAt, expiresAt }: Share): string | undefined {
  if (revokedAt !== null) return `withdrawn ${minuteText(revokedAt)}`;
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now()
    ? `expired ${minuteText(expiresAt)}`
    : undefined;
}
