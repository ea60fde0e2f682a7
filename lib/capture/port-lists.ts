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

import { ListReader } from "./byte-lists";

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
  const reader = new ListReader(bytes);
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

/** Apart, because there are millions. */
function takePlain(reader: ListReader, n: number, combination: number, takers: PortTakers): void {
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

function takeRest(reader: ListReader, end: number, combination: number, takers: PortTakers): void {
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
