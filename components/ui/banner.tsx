import { CircleAlert, Info, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./banner.module.css";
import { IconButton } from "./button";
import { classes } from "./classes";

interface BannerProps {
  readonly tone: "info" | "warn" | "bad";
  /** `alert` is read out at once, `status` when the reader pauses. */
  readonly role?: "alert" | "status";
  /** Stands at the right: what to do about it. */
  readonly actions?: ReactNode;
  readonly onClose?: () => void;
  readonly children: ReactNode;
}

const icons = { info: Info, warn: TriangleAlert, bad: CircleAlert } as const;

export function Banner({ tone, role, actions, onClose, children }: BannerProps) {
  const Icon = icons[tone];
  return (
    <div className={classes(styles.banner, styles[tone])} role={role}>
      <Icon size={16} aria-hidden className={styles.icon} />
      <div className={styles.text}>{children}</div>
      {actions}
      {onClose !== undefined && (
        <IconButton label="Dismiss" onClick={onClose}>
          <X size={15} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}
