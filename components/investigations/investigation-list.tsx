"use client";

import { useInvestigations } from "@/components/frame/investigations";
import { formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { visible } from "@/components/ui/text";
import styles from "./investigation-list.module.css";
import { STATUS_LABELS } from "./status";
import { minuteText } from "./time-text";

/** The saved cases, last changed first. Nothing is drawn where there are none. */
export function InvestigationList() {
  const { data, error } = useInvestigations();
  if (error !== null && data === undefined)
    return (
      <p role="alert" className={styles.problem}>
        The investigations could not be listed: {error.message}
      </p>
    );
  if (data === undefined || data.length === 0) return null;
  return (
    <section aria-label="Investigations">
      <h2 className={styles.title}>Investigations</h2>
      <ul className={styles.list}>
        {data.map(({ id, title, status, pins, updatedAt }) => (
          <li key={id} className={styles.row}>
            <Link href={`/investigations/${encodeURIComponent(id)}`} className={styles.name}>
              {visible(title)}
            </Link>
            <span>{STATUS_LABELS[status]}</span>
            <span>{formatQuantity(pins, "pin")}</span>
            <span className={styles.quiet}>changed {minuteText(updatedAt)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
