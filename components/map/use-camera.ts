"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { Size } from "@/components/ui/use-size";
import { type Camera, fitCamera, pointOn } from "@/lib/insight/map/geometry";
import type { Place } from "@/lib/insight/map/layout";
import { curveOf, project } from "./draw";
import type { Scene } from "./scene";

/** Before all of it is shown. */
const START: Camera = { k: 1, x: 0, y: 0 };
const NEAREST = 1.6;
const MARGIN = { x: 110, y: 46 };
/** Of a name, about. */
const LETTER = 6.6;
/** What is nearer to the edge of the screen counts as not seen. */
const EDGE = 30;

/**
 * Where the picture stands. All of it is shown when another one comes (`fitKey`); one that the reader has moved stays where it
 * is when the room changes, but for what is open, which is moved into sight.
 */
export function useCamera(scene: Scene, fitKey: string, openKeys: readonly string[], size: Size) {
  const [camera, setCamera] = useState<Camera>();
  const isWhole = useRef(true);
  const move = (change: (before: Camera) => Camera) => {
    isWhole.current = false;
    setCamera((before = START) => change(before));
  };
  const showAll = () => {
    if (size.width < 1 || size.height < 1) return;
    isWhole.current = true;
    setCamera(wholeOf(scene, size));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: for another picture, not for the same one with other numbers
  useEffect(showAll, [fitKey]);
  const room = useRef(size);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the room changes, or what is open
  useEffect(() => {
    const before = room.current;
    room.current = size;
    if (isWhole.current) showAll();
    else setCamera((camera = START) => keptIn(camera, before, size, middleOf(scene, openKeys)));
  }, [size, openKeys]);
  const centre = useCallback(
    (place: Place) => {
      isWhole.current = false;
      setCamera((before = START) => centred(before, place, size));
    },
    [size],
  );
  return { camera: camera ?? START, isPlaced: camera !== undefined, move, showAll, centre };
}

function wholeOf({ spots, hulls }: Scene, size: Size): Camera {
  const places = [...spots.map(({ at }) => at), ...hulls.flatMap(({ polygon }) => polygon)];
  // Names outside stand beside the picture.
  const names = spots.flatMap(({ side, label }) => (side === "below" ? [] : label.length));
  const beside = names.reduce((most, length) => Math.max(most, length), 0) * LETTER + 20;
  const margin = {
    x: Math.min(Math.max(MARGIN.x, beside), size.width * 0.2),
    y: Math.min(MARGIN.y, size.height * 0.12),
  };
  return fitCamera(places, size, margin, NEAREST);
}

function centred({ k }: Camera, { x, y }: Place, { width, height }: Size): Camera {
  return { k, x: width / 2 - x * k, y: height / 2 - y * k };
}

/** The same place stays in the middle, unless what must be seen would not be. */
function keptIn({ k, x, y }: Camera, before: Size, size: Size, seen: Place | undefined): Camera {
  const kept = { k, x: x + (size.width - before.width) / 2, y: y + (size.height - before.height) / 2 };
  return seen === undefined || isSeen(seen, kept, size) ? kept : centred(kept, seen, size);
}

function isSeen(place: Place, camera: Camera, { width, height }: Size): boolean {
  const { x, y } = project(place, camera);
  return x > EDGE && y > EDGE && x < width - EDGE && y < height - EDGE;
}

/** In the world: of a spot, or of a line by the keys of its ends. */
export function middleOf({ spots, lines }: Scene, [from, to]: readonly string[]): Place | undefined {
  if (to === undefined) return spots.find(({ spot }) => spot.key === from)?.at;
  const line = lines.find((other) => other.from.spot.key === from && other.to.spot.key === to);
  return line && pointOn(curveOf(line, { k: 1, x: 0, y: 0 }), 0.5);
}
