import styles from "./legend.module.css";

const LOOKS = [
  ["good", "forwarded", undefined],
  ["bad", "dropped", "2 4"],
  ["warn", "audit, error or no answer", "7 4"],
  ["both", "drops and errors", "14 5"],
  ["calm", "neither", undefined],
] as const;

/** What lines and shapes mean; each colour has a second cue. */
export function Legend() {
  return (
    <ul className={styles.legend} aria-label="What lines and shapes mean">
      {LOOKS.map(([look, text, dash]) => (
        <li key={look}>
          <svg width="28" height="8" aria-hidden className={styles[look]}>
            <path d="M1 4H27" strokeDasharray={dash} />
          </svg>
          {text}
        </li>
      ))}
      <li>
        <svg width="10" height="10" aria-hidden className={styles.shape}>
          <path d="M5 1L9 5L5 9L1 5z" />
        </svg>
        outside
      </li>
      <li>
        <svg width="10" height="10" aria-hidden className={styles.shape}>
          <path d="M9.5 5L7.2 8.9L2.8 8.9L0.5 5L2.8 1.1L7.2 1.1z" />
        </svg>
        node, API server, health
      </li>
    </ul>
  );
}
