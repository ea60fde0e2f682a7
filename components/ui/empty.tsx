import type { ReactNode } from "react";
import styles from "./empty.module.css";

interface EmptyProps {
  /** The cause, as a sentence. */
  readonly title: string;
  /** More about the cause. */
  readonly children?: ReactNode;
  /** The way out. */
  readonly actions?: ReactNode;
  readonly role?: "alert" | "status";
}

/** What stands in the place of rows when there are none. */
export function Empty({ title, children, actions, role }: EmptyProps) {
  return (
    <div className={styles.empty} role={role}>
      <p className={styles.title}>{title}</p>
      {children !== undefined && <div className={styles.text}>{children}</div>}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
