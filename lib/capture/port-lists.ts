/**
 * The ports of all flows of a stretch of time, in few bytes (docs/adr/0021-roll-ups.md): for each combination of kind, observer and pair a
 * list. The pair says which port is the server's, so that most flows are two bytes, the other port. For each combination that has any:
 *
 *     combination, n, rest    varints; `rest` is how many bytes stand behind the n ports
 *     n ports                 2 bytes each: flows of one event, with the server's port of their pair where the pair says
 *     m, then m of            the same flows where they count several events:
 *       port, events            2 bytes, varint
 *     up to the end           flows that have other ports than their pair says, or none; also those of which nobody is known to be the client:
 *       source, destination     varints, each port + 1, 0 for none
 *       events                  varint
 */

/** Grows as it is written. Numbers are not negative. */
export class ByteWriter {
  bytes = Buffer.alloc(65_536);
  length = 0;

  varint(value: number): void {
    this.room(8);
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }

  /** Any whole number, small ones in one byte. */
  signed(value: number): void {
    this.varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** Up to 2^53: what is beyond 32 bits first. */
  wide(value: number): void {
    this.varint(Math.floor(value / 2 ** 32));
    this.two(value & 65_535);
    this.two((value >>> 16) & 65_535);
  }

  two(value: number): void {
    this.room(2);
    this.bytes[this.length++] = value & 255;
    this.bytes[this.length++] = value >> 8;
  }

  append({ bytes, length }: ByteWriter): void {
    this.room(length);
    this.bytes.set(bytes.subarray(0, length), this.length);
    this.length += length;
  }

  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  private room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.bytes.length * 2, this.length + more));
    larger.set(this.written());
    this.bytes = larger;
  }
}

/** What is done with the flows of combinations, by their number. */
export interface PortTakers {
  /** 1 where the flows of a combination are wanted. */
  readonly isWanted: Uint8Array;
  /** Adds up events by the port that is not the server's; undefined: nobody asks for it. */
  readonly others: readonly (Float64Array | undefined)[];
  /** The server's port of the pair. */
  readonly serverPort: Int32Array;
  /** Adds up events of flows with the server's port of their pair, and of those that have it at both ends. */
  readonly served: Float64Array;
  readonly both: Float64Array;
  odd(combination: number, source: number | undefined, destination: number | undefined, events: number): void;
}

/** Reads what was written. `first` is added to the numbers of combinations. */
export function readPorts(bytes: Uint8Array, first: number, takers: PortTakers): void {
  const { isWanted } = takers;
  const reader = new ByteReader(bytes);
  while (reader.at < bytes.length) {
    const combination = first + reader.varint();
    const n = reader.varint();
    const rest = reader.varint();
    const end = reader.at + n * 2 + rest;
    if (isWanted[combination] === 1) {
      if (n > 0) takePlain(reader, n, combination, takers);
      // One byte says that there are no others.
      if (rest > 1) takeRest(reader, end, combination, takers);
    }
    reader.at = end;
  }
}

export class ByteReader {
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  wide(): number {
    const high = this.varint();
    const { bytes, at } = this;
    this.at = at + 4;
    const low =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    return high * 2 ** 32 + (low >>> 0);
  }

  varint(): number {
    const first = this.bytes[this.at++] as number;
    if (first < 128) return first;
    let [value, factor] = [first - 128, 128];
    for (;;) {
      const byte = this.bytes[this.at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }
}

/** Apart, because there are millions. */
function takePlain(reader: ByteReader, n: number, combination: number, takers: PortTakers): void {
  const { bytes, at: from } = reader;
  const others = takers.others[combination];
  const serverPort = takers.serverPort[combination] as number;
  const end = from + n * 2;
  let both = 0;
  for (let at = from; at < end; at += 2) {
    const port = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    if (others !== undefined) others[port] = (others[port] as number) + 1;
    if (port === serverPort) both++;
  }
  takers.served[combination] = (takers.served[combination] as number) + n;
  takers.both[combination] = (takers.both[combination] as number) + both;
  reader.at = end;
}

function takeRest(reader: ByteReader, end: number, combination: number, takers: PortTakers): void {
  const { bytes } = reader;
  const others = takers.others[combination];
  for (let left = reader.varint(); left > 0; left--) {
    const port = (bytes[reader.at] as number) | ((bytes[reader.at + 1] as number) << 8);
    reader.at += 2;
    const events = reader.varint();
    if (others !== undefined) others[port] = (others[port] as number) + events;
    takers.served[combination] = (takers.served[combination] as number) + events;
    if (port === takers.serverPort[combination])
      takers.both[combination] = (takers.both[combination] as number) + events;
  }
  while (reader.at < end) {
    const [source, destination, events] = [reader.varint(), reader.varint(), reader.varint()];
    const port = (stored: number): number | undefined => (stored === 0 ? undefined : stored - 1);
    takers.odd(combination, port(source), port(destination), events);
  }
}
