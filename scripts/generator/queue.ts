import type { Planned } from "./record.ts";

/** Planned records by `order`, smallest first; equal ones in the order they were added. */
export class Queue {
  private readonly heap: Planned[] = [];
  private readonly turns: number[] = [];
  private added = 0;

  get size(): number {
    return this.heap.length;
  }

  push(record: Planned): void {
    const { heap, turns } = this;
    const turn = this.added++;
    let i = heap.length;
    heap.push(record);
    turns.push(turn);
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!this.before(record, turn, up)) break;
      this.move(up, i);
      i = up;
    }
    heap[i] = record;
    turns[i] = turn;
  }

  /** The first record if its order is below `limit`. */
  popBefore(limit: number): Planned | undefined {
    const { heap, turns } = this;
    const first = heap[0];
    if (!first || first.order >= limit) return undefined;
    const last = heap.pop();
    const turn = turns.pop();
    if (last && turn !== undefined && heap.length > 0) this.sink(last, turn);
    return first;
  }

  private sink(record: Planned, turn: number): void {
    const { heap, turns } = this;
    const half = heap.length >> 1;
    let i = 0;
    while (i < half) {
      let child = 2 * i + 1;
      const right = heap[child + 1];
      const rightTurn = turns[child + 1];
      if (right && rightTurn !== undefined && this.before(right, rightTurn, child)) child++;
      if (this.before(record, turn, child)) break;
      this.move(child, i);
      i = child;
    }
    heap[i] = record;
    turns[i] = turn;
  }

  private before(record: Planned, turn: number, index: number): boolean {
    const other = this.heap[index];
    if (!other) return true;
    if (record.order !== other.order) return record.order < other.order;
    return turn < (this.turns[index] ?? 0);
  }

  private move(from: number, to: number): void {
    const record = this.heap[from];
    const turn = this.turns[from];
    if (!record || turn === undefined) return;
    this.heap[to] = record;
    this.turns[to] = turn;
  }
}
