/** The open pieces of the stitcher: columns of numbers, and a hash table from a conversation to its slot. */

/** Nobody has answered yet. */
export const NOBODY = -1;

function newColumns(capacity: number) {
  return {
    low: new Int32Array(capacity),
    high: new Int32Array(capacity),
    ports: new Uint32Array(capacity),
    protocol: new Uint8Array(capacity),
    id: new Float64Array(capacity),
    firstSecond: new Float64Array(capacity),
    firstNano: new Int32Array(capacity),
    lastSecond: new Float64Array(capacity),
    lastNano: new Int32Array(capacity),
    firstNode: new Int32Array(capacity),
    lastNode: new Int32Array(capacity),
    /** The SYN packet that was counted last. */
    synSecond: new Float64Array(capacity),
    synNano: new Int32Array(capacity),
    /** The first answer or end, and two nodes that logged one. */
    endSecond: new Float64Array(capacity),
    endNano: new Int32Array(capacity),
    endNode: new Int32Array(capacity),
    endNode2: new Int32Array(capacity),
    records: new Float64Array(capacity),
    syns: new Float64Array(capacity),
    seen: new Int32Array(capacity),
    verdict: new Uint8Array(capacity),
    certainty: new Uint8Array(capacity),
    clientIsLow: new Uint8Array(capacity),
    firstIsLow: new Uint8Array(capacity),
  };
}

type Columns = ReturnType<typeof newColumns>;

const NAMES = Object.keys(newColumns(0)) as (keyof Columns)[];

export class Slots {
  columns: Columns;
  /** Slots in use are 0 up to this one. */
  used = 0;

  constructor(private capacity: number) {
    this.columns = newColumns(capacity);
  }

  /** A new slot for a conversation. */
  open(low: number, high: number, ports: number, protocol: number): number {
    if (this.used === this.capacity) this.grow();
    const { columns } = this;
    const slot = this.used++;
    columns.low[slot] = low;
    columns.high[slot] = high;
    columns.ports[slot] = ports;
    columns.protocol[slot] = protocol;
    return slot;
  }

  /** A new piece of the slot's conversation. */
  begin(slot: number, id: number, second: number, nano: number, node: number, isLow: boolean): void {
    const { columns } = this;
    columns.id[slot] = id;
    columns.firstSecond[slot] = columns.lastSecond[slot] = second;
    columns.firstNano[slot] = columns.lastNano[slot] = nano;
    columns.firstNode[slot] = columns.lastNode[slot] = node;
    columns.firstIsLow[slot] = isLow ? 1 : 0;
    columns.endNode[slot] = columns.endNode2[slot] = NOBODY;
    columns.endSecond[slot] = columns.endNano[slot] = 0;
    columns.records[slot] = columns.syns[slot] = 0;
    columns.synSecond[slot] = columns.synNano[slot] = 0;
    columns.seen[slot] = columns.verdict[slot] = columns.certainty[slot] = columns.clientIsLow[slot] = 0;
  }

  private grow(): void {
    this.capacity *= 2;
    const larger = newColumns(this.capacity);
    for (const name of NAMES) larger[name].set(this.columns[name]);
    this.columns = larger;
  }

  /** Gives a slot up; the last one takes its place. */
  remove(slot: number): void {
    const last = --this.used;
    for (const name of NAMES) this.columns[name][slot] = this.columns[name][last] as number;
  }
}

export class SlotTable {
  /** Slot + 1, 0 = empty. */
  private entries = new Int32Array(2048);

  /** The seed keeps a hostile log from choosing conversations that collide; no answer depends on it. */
  constructor(private readonly seed: number) {}

  /** The conversation's slot, or -1. */
  find({ columns }: Slots, low: number, high: number, ports: number, protocol: number): number {
    const mask = this.entries.length - 1;
    for (let at = this.hash(low, high, ports, protocol) & mask; ; at = (at + 1) & mask) {
      const slot = (this.entries[at] as number) - 1;
      if (slot < 0) return -1;
      if (
        columns.ports[slot] === ports &&
        columns.low[slot] === low &&
        columns.high[slot] === high &&
        columns.protocol[slot] === protocol
      )
        return slot;
    }
  }

  put(slots: Slots, slot: number): void {
    if (slots.used * 2 > this.entries.length) this.rebuild(slots);
    else this.place(slots, slot);
  }

  private place({ columns }: Slots, slot: number): void {
    const mask = this.entries.length - 1;
    const hash = this.hash(
      columns.low[slot] as number,
      columns.high[slot] as number,
      columns.ports[slot] as number,
      columns.protocol[slot] as number,
    );
    let at = hash & mask;
    while (this.entries[at] !== 0) at = (at + 1) & mask;
    this.entries[at] = slot + 1;
  }

  /** After slots moved, or when it becomes full. */
  rebuild(slots: Slots): void {
    let size = 2048;
    while (size < slots.used * 4) size *= 2;
    if (size === this.entries.length) this.entries.fill(0);
    else this.entries = new Int32Array(size);
    for (let slot = 0; slot < slots.used; slot++) this.place(slots, slot);
  }

  private hash(low: number, high: number, ports: number, protocol: number): number {
    let hash = this.seed ^ protocol;
    for (const word of [low, high, ports]) {
      hash = Math.imul(hash ^ word, 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    }
    return hash ^ (hash >>> 16);
  }
}
