import type { ReactNode } from "react";
import { linkButton } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { Brand } from "./brand";
import styles from "./page-message.module.css";

interface PageMessageProps {
  readonly title: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** A page that only says something. */
export function PageMessage({ title, action, children }: PageMessageProps) {
  return (
    <div className={styles.page}>
      <header>
        <Brand />
      </header>
      <main className={styles.main}>
        <h1 className={styles.title}>{title}</h1>
        <p>{children}</p>
        <div className={styles.actions}>
          {action}
          <Link href="/" className={linkButton("plain")}>
            All captures
          </Link>
        </div>
      </main>
    </div>
  );
}
