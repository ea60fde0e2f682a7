"use client";

import { useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { investigationsKey } from "@/components/frame/investigations";
import { capturesKey } from "@/components/frame/queries";
import { viewAddress } from "@/components/frame/views";
import { Button, linkButton } from "@/components/ui/button";
import { formatBytes } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { ProgressBar } from "@/components/ui/progress-bar";
import { visible } from "@/components/ui/text";
import { type Arrival, arrivalStore, removeArrival } from "./arrivals";
import frame from "./card.module.css";
import styles from "./file-list.module.css";

const NONE: readonly Arrival[] = [];

/** Captures and cases from elsewhere, on their way in. Nothing is drawn where there are none. */
export function ArrivalList() {
  const client = useQueryClient();
  const arrivals = useSyncExternalStore(arrivalStore.subscribe, arrivalStore.read, () => NONE);
  const done = arrivals.filter(({ state }) => state === "done").length;
  useEffect(() => {
    if (done === 0) return;
    void client.invalidateQueries({ queryKey: capturesKey });
    void client.invalidateQueries({ queryKey: investigationsKey });
  }, [client, done]);
  if (arrivals.length === 0) return null;
  return (
    <section aria-label="Taken in from elsewhere" className={frame.card}>
      <ul className={styles.rows}>
        {arrivals.map((arrival) => (
          <li key={arrival.key} className={styles.row}>
            <ArrivalItem arrival={arrival} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ArrivalItem({ arrival }: { readonly arrival: Arrival }) {
  const { key, name, size, sent, state, id } = arrival;
  const underWay = state === "sending" || state === "checking";
  return (
    <>
      <div className={styles.head}>
        <span className={styles.name}>
          <bdi>{visible(name)}</bdi>
        </span>
        {underWay && (
          <span className={styles.numbers}>
            {formatBytes(sent)} of {formatBytes(size)}
          </span>
        )}
        {id !== undefined && (
          <Link href={addressOf(arrival, id)} className={linkButton("plain", true)}>
            {arrival.kind === "capture" ? "Open the capture" : "Open the investigation"}
          </Link>
        )}
        <Button small look="quiet" onClick={() => removeArrival(key)}>
          <X size={13} aria-hidden />
          {state === "sending" ? "Cancel" : "Hide"}
          <span className="spoken"> {visible(name)}</span>
        </Button>
      </div>
      {underWay && (
        <ProgressBar
          label={`Progress of ${visible(name)}`}
          {...(state === "sending" && { part: size === 0 ? 0 : sent / size })}
        />
      )}
      <p
        className={state === "refused" ? frame.problem : styles.sentence}
        role={underWay ? undefined : state === "refused" ? "alert" : "status"}
      >
        {sentenceOf(arrival)}
      </p>
    </>
  );
}

function addressOf({ kind }: Arrival, id: string): string {
  return kind === "capture" ? viewAddress(id, "overview", "") : `/investigations/${encodeURIComponent(id)}`;
}

function sentenceOf({ kind, state, error, wasHere }: Arrival): string {
  const what = kind === "capture" ? "A capture of another Eyepiece" : "An investigation of another Eyepiece";
  switch (state) {
    case "sending":
      return `${what}. It is sent to this server.`;
    case "checking":
      return `${what}. It has arrived, and is checked before it is taken.`;
    case "done":
      return wasHere === true
        ? "This investigation is here already, so nothing was added."
        : `${what}. It was checked and taken.`;
    case "refused":
      return error === undefined ? "It was not taken." : `${error.message} ${error.hint}`;
  }
}
