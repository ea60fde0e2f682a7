/**
 * A set of 5-tuples without direction, each with what was heard about its client.
 *
 * Open addressing over typed arrays: about 40 bytes a tuple, where a Map of texts would take ten times that.
 */

const FIRST_SLOTS = 1024;
/** No record has told yet. */
const UNTOLD = 255;

/** Two addresses of the capture with `low` before `high` (by address, then port), and the protocol's number. */
export interface Tuple {
  low: number;
  high: number;
  lowPort: number;
  highPort: number;
  protocol: number;
}

export class TupleTable {
  size = 0;
  private slots = FIRST_SLOTS;
  private low = new Int32Array(FIRST_SLOTS);
  private high = new Int32Array(FIRST_SLOTS);
  private ports = new Uint32Array(FIRST_SLOTS);
  private protocol = new Int32Array(FIRST_SLOTS);
  private rank = new Uint8Array(FIRST_SLOTS).fill(UNTOLD);
  private votes = new Int32Array(FIRST_SLOTS);

  add(tuple: Tuple): void {
    if (this.size * 2 >= this.slots) this.grow();
    this.put(tuple.low, tuple.high, portsOf(tuple), tuple.protocol);
  }

  /** A record of the tuple says which side is the client; only those of the smallest rank count. */
  tell(tuple: Tuple, rank: number, isLowClient: boolean): void {
    const slot = this.slotOf(tuple.low, tuple.high, portsOf(tuple), tuple.protocol);
    if (this.low[slot] === 0 || rank > (this.rank[slot] as number)) return;
    if (rank < (this.rank[slot] as number)) {
      this.rank[slot] = rank;
      this.votes[slot] = 0;
    }
    this.votes[slot] = (this.votes[slot] as number) + (isLowClient ? 1 : -1);
  }

  /** True when the low side is the client, false when the high one is, undefined when it is not known. */
  isLowClient(tuple: Tuple): boolean | undefined {
    const votes = this.votes[this.slotOf(tuple.low, tuple.high, portsOf(tuple), tuple.protocol)] as number;
    return votes === 0 ? undefined : votes > 0;
  }

  /** The slot of a tuple, or the free one where it would go. Addresses begin at 1, so 0 marks a free slot. */
  private slotOf(low: number, high: number, ports: number, protocol: number): number {
    const mask = this.slots - 1;
    let slot = mix(low, high, ports, protocol) & mask;
    while (this.low[slot] !== 0) {
      const isIt =
        this.low[slot] === low &&
        this.high[slot] === high &&
        this.ports[slot] === ports &&
        this.protocol[slot] === protocol;
      if (isIt) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** The tuple's slot, where it is put if it is new. */
  private put(low: number, high: number, ports: number, protocol: number): number {
    const slot = this.slotOf(low, high, ports, protocol);
    if (this.low[slot] !== 0) return slot;
    this.low[slot] = low;
    this.high[slot] = high;
    this.ports[slot] = ports;
    this.protocol[slot] = protocol;
    this.size++;
    return slot;
  }

  private grow(): void {
    const { low, high, ports, protocol, rank, votes, slots } = this;
    this.slots = slots * 2;
    this.low = new Int32Array(this.slots);
    this.high = new Int32Array(this.slots);
    this.ports = new Uint32Array(this.slots);
    this.protocol = new Int32Array(this.slots);
    this.rank = new Uint8Array(this.slots).fill(UNTOLD);
    this.votes = new Int32Array(this.slots);
    this.size = 0;
    for (let slot = 0; slot < slots; slot++) {
      if (low[slot] === 0) continue;
      const at = this.put(
        low[slot] as number,
        high[slot] as number,
        ports[slot] as number,
        protocol[slot] as number,
      );
      this.rank[at] = rank[slot] as number;
      this.votes[at] = votes[slot] as number;
    }
  }
}

/** One of several parts of all tuples, so that not all need be in memory at once. */
export class TuplePart {
  constructor(
    private readonly part: number,
    private readonly parts: number,
  ) {}

  get isFirst(): boolean {
    return this.part === 0;
  }

  holds(tuple: Tuple): boolean {
    if (this.parts === 1) return true;
    // Other bits than those that choose the slot.
    const hash = mix(tuple.low, tuple.high, portsOf(tuple), tuple.protocol);
    return (Math.imul(hash, 0x2c1b3c6d) >>> 12) % this.parts === this.part;
  }
}

function portsOf({ lowPort, highPort }: Tuple): number {
  return lowPort * 65_536 + highPort;
}

/** Any mixing will do: its input is ids that we gave, and a slow slot costs time only. */
function mix(low: number, high: number, ports: number, protocol: number): number {
  let hash =
    Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b) ^ Math.imul(ports, 0xc2b2ae35) ^ protocol;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return hash ^ (hash >>> 15);
}
