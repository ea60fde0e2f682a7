import styles from "./progress-bar.module.css";

interface ProgressBarProps {
  readonly label: string;
  /** 0 to 1; absent when the end is not known. */
  readonly part?: number;
}

export function ProgressBar({ label, part }: ProgressBarProps) {
  return (
    <progress
      className={styles.bar}
      aria-label={label}
      max={1}
      {...(part !== undefined && { value: part })}
    />
  );
}
