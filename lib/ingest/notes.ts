import type { BlockNotes } from "@/lib/flow/batch";
import type { ReadingContext } from "@/lib/flow/reading-context";
import type { Part } from "./runtime-parts";

/** Gathers what the places of a block do not say. (The reading side is lib/capture/raw.ts.) */
export class NotesWriter {
  private readonly contexts: (readonly [number, ReadingContext | null])[] = [];
  private readonly stretches: Record<number, (readonly [number, number])[]> = {};
  private readonly nth: Record<number, number> = {};
  private isEmpty = true;

  /** From byte `from` of the block on, rows are read with this context. */
  context(from: number, context: ReadingContext | undefined): void {
    this.contexts.push([from, context ?? null]);
    this.isEmpty = false;
  }

  /** Record `place` is these parts, one behind the other. */
  parts(place: number, parts: readonly Part[]): void {
    this.stretches[place] = parts.map(({ start, end }) => [start, end - start] as const);
    this.isEmpty = false;
  }

  /** Record `place` is number `nth` of those in the document from `start` to `end`. */
  member(place: number, nth: number, start: number, end: number): void {
    this.nth[place] = nth;
    if (nth > 0) this.stretches[place] = [[start, end - start]];
    this.isEmpty = false;
  }

  finish(): BlockNotes | undefined {
    return this.isEmpty ? undefined : { contexts: this.contexts, parts: this.stretches, nth: this.nth };
  }
}
