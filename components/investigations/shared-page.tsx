"use client";

import { BrandName } from "@/components/frame/brand";
import type { Theme } from "@/components/frame/theme";
import { ThemeMenu } from "@/components/frame/theme-menu";
import { formatQuantity } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import type { SharedInvestigation } from "@/lib/investigations/share";
import styles from "./investigation-page.module.css";
import { Markdown } from "./markdown";
import { PinShown } from "./pin-shown";
import { PrintButton } from "./print-button";
import { STATUS_LABELS } from "./status";
import { minuteText } from "./time-text";

interface SharedPageProps {
  readonly token: string;
  readonly shared: SharedInvestigation;
  readonly theme: Theme;
}

/** A shared investigation as its visitors read it: nothing can be changed, and nothing else is reached. */
export function SharedPage({ token, shared, theme }: SharedPageProps) {
  const { title, status, notes, pins, captureId, captureName, updatedAt } = shared;
  return (
    <>
      <header className={styles.top}>
        <BrandName />
        <ThemeMenu initial={theme} />
      </header>
      <main className={styles.main}>
        <div className={styles.head}>
          <h1 className={styles.title}>{visible(title)}</h1>
          <span className={styles.state}>{STATUS_LABELS[status]}</span>
          <PrintButton />
        </div>
        <p className={styles.quiet}>
          {formatQuantity(pins.length, "pin")} of {visible(captureName)}, changed {minuteText(updatedAt)}
        </p>
        {notes !== "" && (
          <section className={styles.notes} aria-label="Notes">
            <Markdown text={notes} />
          </section>
        )}
        <ol className={styles.pins}>
          {pins.map((pin) => (
            <li key={pin.id}>
              <article className={styles.pin} aria-label={visible(pin.title)}>
                <h2 className={styles.pinTitle}>{visible(pin.title)}</h2>
                {pin.note !== "" && <Markdown text={pin.note} />}
                {pin.view !== null && (
                  <PinShown
                    path={`/shared/${token}/pins/${encodeURIComponent(pin.id)}`}
                    captureId={captureId}
                    pin={pin}
                    isVisitor
                  />
                )}
              </article>
            </li>
          ))}
        </ol>
      </main>
    </>
  );
}
