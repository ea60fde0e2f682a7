"use client";

import { Pause, Play, X } from "lucide-react";
import { useEffect, useState } from "react";
import { formatInstantText } from "@/components/frame/instant-text";
import { Button, IconButton } from "@/components/ui/button";
import { formatQuantity, formatSpan } from "@/components/ui/format";
import { formatTime } from "@/lib/base/time";
import type { Replay } from "@/lib/insight/map/replay";
import styles from "./play-bar.module.css";

interface PlayBarProps {
  readonly replay: Replay;
  readonly at: number;
  /** Of all lines at this moment. */
  readonly events: number;
  readonly drops: number;
  readonly onAt: (at: number) => void;
  readonly onClose: () => void;
}

/** Buckets a second. */
const SPEEDS = [1, 2, 4, 8] as const;

/** Plays the scope on the map: a slider over its time, at a chosen speed. */
export function PlayBar({ replay, at, events, drops, onAt, onClose }: PlayBarProps) {
  const [isPlaying, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<number>(SPEEDS[1]);
  const last = replay.starts.length - 1;
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setTimeout(() => (at < last ? onAt(at + 1) : setPlaying(false)), 1000 / speed);
    return () => clearTimeout(timer);
  }, [isPlaying, at, last, speed, onAt]);
  const toggle = () => {
    if (!isPlaying && at >= last) onAt(0);
    setPlaying(!isPlaying);
  };
  const start = replay.starts[at] ?? 0n;
  const text = formatInstantText(formatTime(start));
  return (
    <section className={styles.bar} aria-label="Play back">
      <IconButton label={isPlaying ? "Pause" : "Play"} onClick={toggle}>
        {isPlaying ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />}
      </IconButton>
      <input
        type="range"
        className={styles.slider}
        aria-label="Time on the map"
        aria-valuetext={text}
        min={0}
        max={last}
        value={at}
        onChange={(event) => onAt(Number(event.currentTarget.value))}
      />
      <span className={styles.time}>
        {text}, {formatSpan(replay.widthNs)}: {formatQuantity(events, "event")},{" "}
        {formatQuantity(drops, "drop")}
      </span>
      <fieldset className={styles.speeds}>
        <legend className="spoken">Speed</legend>
        {SPEEDS.map((value) => (
          <Button
            key={value}
            small
            look="quiet"
            aria-pressed={value === speed}
            title={`${value} × ${formatSpan(replay.widthNs)} in a second`}
            onClick={() => setSpeed(value)}
          >
            {value}×
          </Button>
        ))}
      </fieldset>
      <IconButton label="End play back" onClick={onClose}>
        <X size={16} aria-hidden />
      </IconButton>
    </section>
  );
}
