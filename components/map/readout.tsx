import type { Size } from "@/components/ui/use-size";
import type { Place } from "@/lib/insight/map/layout";
import styles from "./map-stage.module.css";
import type { Picked } from "./pick";
import { countsText } from "./scene";
import { lineName, portsText, spotName } from "./words";

interface ReadoutProps {
  readonly picked: Picked;
  readonly at: Place;
  readonly size: Size;
}

const WIDTH = 320;

/** What is under the pointer, in words, beside it. */
export function Readout({ picked: { spot, line }, at, size }: ReadoutProps) {
  if (spot === undefined && line === undefined) return null;
  const style = {
    ...(at.x + WIDTH + 24 > size.width ? { right: size.width - at.x + 12 } : { left: at.x + 14 }),
    ...(at.y > size.height - 120 ? { bottom: size.height - at.y + 12 } : { top: at.y + 14 }),
  };
  return (
    <div className={styles.readout} style={style} aria-hidden>
      {spot !== undefined ? (
        <>
          <div className={styles.name}>{spotName(spot.spot)}</div>
          <div>{countsText(spot.spot.counts).join(", ")}</div>
          {spot.spot.isFold && <div className={styles.quiet}>Press to see who is behind it</div>}
        </>
      ) : (
        line !== undefined && (
          <>
            <div className={styles.name}>{lineName(line.line)}</div>
            <div>{portsText(line.line)}</div>
            <div>{countsText(line.line.counts).join(", ")}</div>
          </>
        )
      )}
    </div>
  );
}
