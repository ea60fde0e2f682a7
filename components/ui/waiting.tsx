import styles from "./waiting.module.css";

/** Stands where an answer is on its way. It comes into sight when that takes long: a quick answer finds nothing to replace. */
export function Waiting() {
  return <span className={styles.waiting}>Being counted …</span>;
}
