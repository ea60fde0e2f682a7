"use client";

import { Maximize2, ZoomIn, ZoomOut } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef, useState } from "react";
import { IconButton } from "@/components/ui/button";
import { useHotkeys } from "@/components/ui/use-hotkeys";
import { useSize } from "@/components/ui/use-size";
import { type Camera, zoomAt } from "@/lib/insight/map/geometry";
import type { Place } from "@/lib/insight/map/layout";
import { type Colours, onColourChange, readColours } from "./colours";
import styles from "./map-stage.module.css";
import { type Marks, Painter } from "./painter";
import { type Picked, pick } from "./pick";
import { Readout } from "./readout";
import type { Scene } from "./scene";
import { useCamera } from "./use-camera";

export interface StageHandle {
  /** Moves the picture so that this place is in the middle. */
  readonly centre: (place: Place) => void;
}

interface MapStageProps {
  readonly scene: Scene;
  /** The picture is fitted anew when this changes. */
  readonly fitKey: string;
  readonly label: string;
  readonly openKeys: readonly string[];
  readonly onOpen: (picked: Picked) => void;
  readonly onPin: (key: string, place: Place) => void;
  readonly handle: RefObject<StageHandle | undefined>;
}

/** A press that moves less is a click. */
const LEAST_DRAG = 4;
const KEY_STEP = 60;
/** A shape is moved by so much less than the picture. */
const NUDGES = 3;

export function MapStage({ scene, fitKey, label, openKeys, onOpen, onPin, handle }: MapStageProps) {
  const box = useRef<HTMLDivElement>(null);
  const picture = useRef<HTMLCanvasElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<Painter>(undefined);
  const size = useSize(box);
  const colours = useColours(box);
  const { camera, isPlaced, move, showAll, centre } = useCamera(scene, fitKey, openKeys, size);
  const [picked, setPicked] = useState<Picked & { readonly at?: Place }>({});
  const [dragged, setDragged] = useState<{ readonly key: string; readonly place: Place }>();
  const drag = useDrag();

  useEffect(() => {
    if (canvas.current === null || picture.current === null) return;
    painter.current = new Painter(picture.current, canvas.current);
    return () => painter.current?.stop();
  }, []);
  useEffect(() => {
    painter.current?.resize(size, Math.min(2, window.devicePixelRatio));
  }, [size]);
  useEffect(() => {
    if (colours !== undefined) painter.current?.show(scene, colours);
  }, [scene, colours]);
  useEffect(() => {
    if (isPlaced) painter.current?.look(camera);
  }, [camera, isPlaced]);
  useEffect(() => {
    painter.current?.mark(dragged === undefined ? marksOf(scene, openKeys, picked) : moved(scene, dragged));
  }, [picked, openKeys, scene, dragged]);
  useEffect(() => {
    handle.current = { centre };
  }, [handle, centre]);
  useHotkeys({ f: showAll });

  useWheel(canvas, (point, factor) => move((before) => zoomAt(before, point, factor)));
  const zoom = (factor: number) =>
    move((before) => zoomAt(before, { x: size.width / 2, y: size.height / 2 }, factor));

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = placeOf(event);
    drag.current = { from: at, camera, spot: pick(scene, camera, at).spot, isMoving: false };
  };
  const onPointerMove = (event: PointerEvent) => {
    const at = placeOf(event);
    const start = drag.current;
    if (start === undefined) {
      setPicked({ ...pick(scene, camera, at), at });
      return;
    }
    const [dx, dy] = [at.x - start.from.x, at.y - start.from.y];
    if (!start.isMoving && Math.hypot(dx, dy) < LEAST_DRAG) return;
    start.isMoving = true;
    if (start.spot === undefined) {
      move(() => ({ ...start.camera, x: start.camera.x + dx, y: start.camera.y + dy }));
      return;
    }
    const { x, y } = start.spot.at;
    setDragged({ key: start.spot.spot.key, place: { x: x + dx / camera.k, y: y + dy / camera.k } });
  };
  const onPointerUp = (event: PointerEvent) => {
    const start = drag.current;
    drag.current = undefined;
    if (start?.isMoving === false) onOpen(pick(scene, camera, placeOf(event)));
    else if (dragged !== undefined) onPin(dragged.key, dragged.place);
    setDragged(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = MOVES[event.key];
    const open = openKeys.length === 1 ? scene.spots.find(({ spot }) => spot.key === openKeys[0]) : undefined;
    if (step !== undefined && event.shiftKey && open !== undefined)
      onPin(open.spot.key, {
        x: open.at.x - step[0] / NUDGES / camera.k,
        y: open.at.y - step[1] / NUDGES / camera.k,
      });
    else if (step !== undefined)
      move((before) => ({ ...before, x: before.x + step[0], y: before.y + step[1] }));
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else return;
    event.preventDefault();
  };
  return (
    <div ref={box} className={styles.stage}>
      <canvas ref={picture} className={styles.picture} aria-hidden />
      <canvas
        ref={canvas}
        className={styles.canvas}
        role="img"
        aria-label={label}
        tabIndex={0}
        style={{ width: size.width, height: size.height }}
        data-pointed={picked.spot !== undefined || picked.line !== undefined}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => {
          drag.current = undefined;
          setDragged(undefined);
        }}
        onPointerLeave={() => setPicked({})}
        onKeyDown={onKeyDown}
      />
      {picked.at !== undefined && dragged === undefined && (
        <Readout picked={picked} at={picked.at} size={size} />
      )}
      <div className={styles.zoom}>
        <IconButton label="Nearer" hotkey="+" onClick={() => zoom(1.25)}>
          <ZoomIn size={16} aria-hidden />
        </IconButton>
        <IconButton label="Further away" hotkey="-" onClick={() => zoom(0.8)}>
          <ZoomOut size={16} aria-hidden />
        </IconButton>
        <IconButton label="Fit everything" hotkey="f" onClick={showAll}>
          <Maximize2 size={16} aria-hidden />
        </IconButton>
      </div>
    </div>
  );
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [KEY_STEP, 0],
  ArrowRight: [-KEY_STEP, 0],
  ArrowUp: [0, KEY_STEP],
  ArrowDown: [0, -KEY_STEP],
};

interface Drag {
  readonly from: Place;
  readonly camera: Camera;
  readonly spot: Picked["spot"];
  isMoving: boolean;
}

function useDrag(): RefObject<Drag | undefined> {
  return useRef<Drag>(undefined);
}

function placeOf(event: PointerEvent): Place {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}

/** What is pointed at and what is open. */
function marksOf({ spots, lines }: Scene, [first, second]: readonly string[], { spot, line }: Picked): Marks {
  const isOpen = (from: string, to: string) =>
    second === undefined ? from === first || to === first : from === first && to === second;
  const open = first === undefined ? [] : lines.filter(({ from, to }) => isOpen(from.spot.key, to.spot.key));
  const openSpot = second === undefined ? spots.find(({ spot: own }) => own.key === first) : undefined;
  return {
    lines: line === undefined ? open : [...open, line],
    spots: [spot, openSpot].filter((one) => one !== undefined),
  };
}

/** A spot that is being dragged and its lines, above the picture, which keeps them where they were. */
function moved(
  { spots, lines }: Scene,
  { key, place }: { readonly key: string; readonly place: Place },
): Marks {
  const there = <S extends Scene["spots"][number]>(spot: S): S =>
    spot.spot.key === key ? { ...spot, at: place } : spot;
  return {
    lines: lines.flatMap((line) =>
      line.from.spot.key === key || line.to.spot.key === key
        ? [{ ...line, from: there(line.from), to: there(line.to) }]
        : [],
    ),
    spots: spots.filter(({ spot }) => spot.key === key).map(there),
  };
}

function useColours(beside: RefObject<HTMLElement | null>): Colours | undefined {
  const [colours, setColours] = useState<Colours>();
  useEffect(() => {
    const element = beside.current;
    if (element === null) return;
    const read = () => setColours(readColours(element));
    read();
    return onColourChange(read);
  }, [beside]);
  return colours;
}

/** React listens to wheels passively, and the page would scroll. */
function useWheel(
  canvas: RefObject<HTMLCanvasElement | null>,
  onZoom: (point: Place, factor: number) => void,
): void {
  const latest = useRef(onZoom);
  useEffect(() => {
    latest.current = onZoom;
  });
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const turned = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      const point = { x: event.clientX - left, y: event.clientY - top };
      latest.current(point, Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)));
    };
    element.addEventListener("wheel", turned, { passive: false });
    return () => element.removeEventListener("wheel", turned);
  }, [canvas]);
}
