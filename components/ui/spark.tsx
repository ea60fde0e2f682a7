import styles from "./spark.module.css";

interface SparkProps {
  /** In the order of time, equal steps. */
  readonly values: readonly number[];
  /** What the picture says, in words. */
  readonly label: string;
}

const WIDTH = 88;
const HEIGHT = 16;
/** What is not zero is seen. */
const LEAST = 2;

/** A small picture of counts over time. Nothing is drawn where there are none. */
export function Spark({ values, label }: SparkProps) {
  const most = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length);
  const bars = values.flatMap((value, at) => {
    if (value === 0) return [];
    const height = Math.max(LEAST, (value / most) * HEIGHT);
    return [
      `M${place(at * step)} ${place(HEIGHT - height)}h${place(Math.max(1, step - 0.5))}v${place(height)}h${place(-Math.max(1, step - 0.5))}z`,
    ];
  });
  return (
    <svg
      className={styles.spark}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      <path d={bars.join("")} />
    </svg>
  );
}

function place(value: number): string {
  return String(Math.round(value * 100) / 100);
}
