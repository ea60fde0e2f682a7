/**
 * Records that are alike but for their time, uuid and ports: most lines of a log are such (docs/adr/0011). What is left of a
 * record's text without those values, its rest, is masked once, and so is it searched once.
 *
 * Only values of an exact form are cut, and only out of texts without a backslash: there, a name in quotes before a colon is a
 * member and never part of a text.
 */

/** A text without its values, and these. */
export interface Cuts {
  /** Each value stands as U+0000, which no JSON holds. */
  readonly rest: string;
  /** RFC 3339; the same in all places. */
  readonly time: string;
  readonly times: number;
  readonly uuid: string | undefined;
  readonly sourcePort: string | undefined;
  readonly destinationPort: string | undefined;
}

/** In the order in which they stand. */
type Slot = "time" | "uuid" | "sourcePort" | "destinationPort";
type Values = Readonly<Record<Slot, string | undefined>>;

const VALUE =
  /"(?:time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)"|uuid":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"|source_port":(\d{1,5})(?=[,}])|destination_port":(\d{1,5})(?=[,}]))/g;

/** Undefined where it is not certain, by the text alone, which value is which. */
export function cutsOf(text: string): Cuts | undefined {
  const found = piecesOf(text);
  return (
    found && {
      ...found.values,
      time: found.values.time ?? "",
      times: found.times,
      rest: found.pieces.join("\0"),
    }
  );
}

interface Pieces {
  readonly pieces: readonly string[];
  readonly slots: readonly Slot[];
  readonly times: number;
  readonly values: Values;
}

function piecesOf(text: string): Pieces | undefined {
  if (text.includes("\\")) return undefined;
  const values: Record<Slot, string | undefined> = {
    time: undefined,
    uuid: undefined,
    sourcePort: undefined,
    destinationPort: undefined,
  };
  const pieces: string[] = [];
  const slots: Slot[] = [];
  let times = 0;
  let from = 0;
  VALUE.lastIndex = 0;
  for (let match = VALUE.exec(text); match !== null; match = VALUE.exec(text)) {
    const [whole, time, uuid, source] = match;
    const slot = time ? "time" : uuid ? "uuid" : source ? "sourcePort" : "destinationPort";
    const value = time ?? uuid ?? source ?? match[4] ?? "";
    if (slot === "time") times++;
    if (values[slot] !== undefined && (slot !== "time" || values.time !== value)) return undefined;
    values[slot] = value;
    const end = match.index + whole.length - (slot === "time" || slot === "uuid" ? 1 : 0);
    pieces.push(text.slice(from, end - value.length));
    slots.push(slot);
    from = end;
  }
  if (times === 0) return undefined;
  pieces.push(text.slice(from));
  return { pieces, slots, times, values };
}

/** A finished line as a form that is filled in for each record that is alike. */
export class LineForm {
  private constructor(
    private readonly pieces: readonly string[],
    private readonly slots: readonly Slot[],
  ) {}

  /** Undefined where a value of the line could be another one than that of its record. */
  static of(line: string, expected: Values): LineForm | undefined {
    const found = piecesOf(line);
    // The flow's and the envelope's: a third one came from somewhere else.
    if (found === undefined || found.times !== 2) return undefined;
    const { time, uuid, sourcePort, destinationPort } = found.values;
    const isSame =
      time === expected.time &&
      uuid === expected.uuid &&
      sourcePort === expected.sourcePort &&
      destinationPort === expected.destinationPort;
    return isSame ? new LineForm(found.pieces, found.slots) : undefined;
  }

  fill(values: Values): string {
    let line = this.pieces[0] ?? "";
    for (let at = 0; at < this.slots.length; at++)
      line += (values[this.slots[at] as Slot] ?? "") + (this.pieces[at + 1] ?? "");
    return line;
  }
}

/** What is known of rests. Beyond so many characters all is forgotten. */
export class Rests<Value> {
  private readonly known = new Map<string, Value>();
  private characters = 0;

  constructor(private readonly most = 16_000_000) {}

  has(rest: string): boolean {
    return this.known.has(rest);
  }

  get(rest: string): Value | undefined {
    return this.known.get(rest);
  }

  set(rest: string, value: Value): void {
    if (this.characters > this.most) this.clear();
    if (!this.known.has(rest)) this.characters += rest.length;
    this.known.set(rest, value);
  }

  clear(): void {
    this.known.clear();
    this.characters = 0;
  }
}
