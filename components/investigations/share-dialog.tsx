"use client";

import { type FormEvent, useId, useState } from "react";
import { ApiError, basePath } from "@/components/frame/api";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import fields from "@/components/ui/fields.module.css";
import type { Share } from "@/lib/investigations/share";
import styles from "./share-dialog.module.css";
import { ShareEntry } from "./share-entry";
import { useMakeShare, useShares } from "./share-queries";

interface ShareDialogProps {
  readonly investigationId: string;
  readonly onClose: () => void;
}

/** Makes links to the investigation, shows who opened them, and withdraws them. */
export function ShareDialog({ investigationId, onClose }: ShareDialogProps) {
  const { data, error } = useShares(investigationId);
  const [made, setMade] = useState<{ readonly address: string; readonly share: Share }>();
  return (
    <Dialog
      open
      onClose={onClose}
      wide
      title="Share"
      description="Whoever has a link reads this investigation and what is pinned in it. They cannot change anything, and see nothing else of this server."
    >
      {data?.isServerOpen && (
        <Banner tone="warn">
          This server asks for no token: whoever reaches it sees everything, with a link or without. Start it
          with <code>EYEPIECE_TOKEN</code> before you send links.
        </Banner>
      )}
      {isOnThisMachine() && (
        <Banner tone="info">
          You have opened Eyepiece under a name of this machine, so the link works here only. Open it under
          the name that others use, then make the link.
        </Banner>
      )}
      {made !== undefined && <MadeLink address={made.address} hasPassphrase={made.share.hasPassphrase} />}
      <NewLink
        investigationId={investigationId}
        onMade={(token, share) => setMade({ address: `${location.origin}${basePath()}/i/${token}`, share })}
      />
      <h3 className={styles.heading}>Links</h3>
      {error !== null && (
        <p className={fields.problem} role="alert">
          The links could not be listed: {error.message}
        </p>
      )}
      {data?.shares.length === 0 && <p className={styles.quiet}>There is none yet.</p>}
      <ul className={styles.links}>
        {data?.shares.map((share) => (
          <ShareEntry key={share.id} investigationId={investigationId} share={share} />
        ))}
      </ul>
    </Dialog>
  );
}

function isOnThisMachine(): boolean {
  return /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(location.hostname);
}

interface MadeLinkProps {
  readonly address: string;
  readonly hasPassphrase: boolean;
}

function MadeLink({ address, hasPassphrase }: MadeLinkProps) {
  return (
    <section className={styles.made} aria-label="The new link">
      <p>
        Copy the link now: it is not kept and cannot be shown again.
        {hasPassphrase && " Send the passphrase by another way than the link."}
      </p>
      <div className={styles.address}>
        <input className={fields.input} readOnly value={address} aria-label="Link" />
        <CopyButton text={address} what="the link" caption="Copy" />
      </div>
    </section>
  );
}

/** Days until a link closes by itself. */
const LASTING = [
  [7, "7 days"],
  [30, "30 days"],
  [365, "a year"],
  [0, "until it is withdrawn"],
] as const;
const DAY_MS = 86_400_000;

interface NewLinkProps {
  readonly investigationId: string;
  readonly onMade: (token: string, share: Share) => void;
}

function NewLink({ investigationId, onMade }: NewLinkProps) {
  const ids = { note: useId(), days: useId(), passphrase: useId() };
  const [note, setNote] = useState("");
  const [days, setDays] = useState<number>(30);
  const [passphrase, setPassphrase] = useState("");
  const make = useMakeShare(investigationId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const expiresAt = days === 0 ? undefined : new Date(Date.now() + days * DAY_MS).toISOString();
    make.mutate(
      { note, ...(expiresAt && { expiresAt }), ...(passphrase !== "" && { passphrase }) },
      {
        onSuccess: ({ token, share }) => {
          setNote("");
          setPassphrase("");
          onMade(token, share);
        },
      },
    );
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.wide}>
        <label htmlFor={ids.note} className={fields.label}>
          For whom (visitors do not see it)
        </label>
        <input
          id={ids.note}
          className={fields.input}
          value={note}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => setNote(event.target.value)}
        />
      </div>
      <div>
        <label htmlFor={ids.days} className={fields.label}>
          Works for
        </label>
        <select
          id={ids.days}
          className={fields.input}
          value={days}
          onChange={(event) => setDays(Number(event.target.value))}
        >
          {LASTING.map(([count, label]) => (
            <option key={count} value={count}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label htmlFor={ids.passphrase} className={fields.label}>
          Passphrase (optional)
        </label>
        <input
          id={ids.passphrase}
          className={fields.input}
          type="text"
          value={passphrase}
          minLength={8}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setPassphrase(event.target.value)}
        />
      </div>
      <Button look="primary" type="submit" disabled={make.isPending} className={styles.make}>
        Make a link
      </Button>
      {make.error && (
        <p className={fields.problem} role="alert">
          {make.error.message} {make.error instanceof ApiError && make.error.hint}
        </p>
      )}
    </form>
  );
}
