/** Decodes one chunk into one batch. A plain function; the worker around it is decode-worker.ts. */

import { compressSync } from "lz4-napi";
import { hash64, uuidHash } from "@/lib/base/hash";
import { type BatchOther, BLOCK_PACKING, type FlowBatch, PLACES_PER_BLOCK } from "@/lib/flow/batch";
import type { Flow } from "@/lib/flow/flow";
import type { ReadingContext } from "@/lib/flow/reading-context";
import { decodeText } from "@/lib/formats/decode";
import { spoiltBy } from "@/lib/formats/known";
import type { Decoded, RefusalCode, Refused, Several } from "@/lib/formats/record";
import type { Chunk } from "./chunk";
import { grown, newColumns } from "./columns";
import { type Member, membersOf } from "./container";
import { LIMITS } from "./limits";
import { NO_BEGINNING, piecesOf, TORN } from "./line-pieces";
import { NotesWriter } from "./notes";
import { type FlowIds, type Packer, putKnownRow, putRow, type Rows, rowsOf } from "./pack";
import { PlacesWriter } from "./places";
import { RefusalList } from "./refusals";
import { type Part, partsOf } from "./runtime-parts";
import type { Known } from "./skeleton";
import { countLineFeeds } from "./split";

/** What may be several records on one line. */
const NOT_JSON: ReadonlySet<RefusalCode> = new Set(["json_invalid", "not_a_record"]);
const LINE_BREAK = Buffer.from("\n");
const SEVERAL_IN_PARTS: Refused = {
  code: "not_a_record",
  message: "A log line in parts that holds no record, or several.",
};

const TORN_LINES =
  "The record breaks off: its lines end inside it, or another record begins there. Copy the file again.";
const HOLE = "A hole of zero bytes: the log was cut short or its machine lost power while it was written.";

const REFUSED_BY_SPLITTER: Partial<Record<RefusalCode, string>> = {
  too_deep: `The record is nested more than ${LIMITS.depth} levels deep.`,
  too_long: `The record is longer than ${LIMITS.recordBytes / 1024 / 1024} MiB or holds more than a hundred thousand values; it was skipped.`,
};

export function decodeChunk(chunk: Chunk, packer: Packer, beginsFile = false): FlowBatch {
  const reset = packer.begin(beginsFile);
  const decoding = new ChunkDecoding(chunk, packer);
  for (let number = 0; number * 3 < chunk.documents.length; number++) decoding.document(number);
  return decoding.finish(reset);
}

/** Where a document lies in the chunk, and how many records it may become. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly places: number;
}

class ChunkDecoding {
  private readonly buffer: Buffer;
  private readonly view: DataView;
  private into: Rows;
  private readonly others: BatchOther[] = [];
  private readonly refusals: RefusalList;
  private readonly formats: Record<string, number> = {};
  private readonly places: PlacesWriter;
  private readonly notes = new NotesWriter();
  private readonly firstLine: number;
  /** What the file said of the rows that are decoded now. */
  private context: ReadingContext | undefined;
  private nextContext = 0;
  private rows = 0;
  private records = 0;

  constructor(
    private readonly chunk: Chunk,
    private readonly packer: Packer,
  ) {
    this.buffer = Buffer.from(chunk.bytes.buffer, chunk.bytes.byteOffset, chunk.bytes.byteLength);
    this.view = new DataView(chunk.bytes.buffer, chunk.bytes.byteOffset, chunk.bytes.byteLength);
    this.refusals = new RefusalList(this.buffer, chunk.offset);
    this.into = rowsOf(newColumns(chunk.documents.length / 3));
    packer.likeness.begin(this.buffer, chunk.number);
    this.firstLine = chunk.documents[2] ?? 1;
    this.places = new PlacesWriter(this.firstLine);
  }

  document(number: number): void {
    const start = this.chunk.documents[number * 3] as number;
    const end = this.chunk.documents[number * 3 + 1] as number;
    const line = this.chunk.documents[number * 3 + 2] as number;
    const code = this.chunk.refused.get(number);
    this.takeContext(number, start);
    if (code === undefined && this.chunk.parted.has(number))
      this.decodeParts(start, end, line, this.placesFor(number));
    else if (code === undefined) this.decode(start, end, line, this.placesFor(number));
    else
      this.refuse(start, end, line, {
        code,
        message: this.chunk.reasons.get(number) ?? this.reasonOf(code, start, end),
      });
  }

  /** Of a document that the splitter refused. */
  private reasonOf(code: RefusalCode, start: number, end: number): string {
    const spoilt =
      code === "torn"
        ? spoiltBy(this.buffer.toString("utf8", start, Math.min(end, start + LIMITS.excerptChars)))
        : undefined;
    if (spoilt !== undefined) return `Not valid JSON. ${spoilt}`;
    if (code === "torn") return this.buffer.subarray(start, end).includes("\n") ? TORN_LINES : TORN.message;
    if (code === "not_a_record") return this.buffer[start] === 0 ? HOLE : NO_BEGINNING.message;
    return REFUSED_BY_SPLITTER[code] ?? code;
  }

  private takeContext(number: number, start: number): void {
    const next = this.chunk.contexts[this.nextContext];
    if (next === undefined || next.from > number) return;
    this.nextContext++;
    this.switchTo(next.context, start);
  }

  /** How many records document `number` may become: a place is kept for each that is still to come. */
  private placesFor(number: number): number {
    return PLACES_PER_BLOCK - this.records - (this.chunk.documents.length / 3 - number - 1);
  }

  private decode(start: number, end: number, line: number, places: number): void {
    const { skeletons, cut } = this.packer;
    // What a line below a header says depends on the header, and on no line like it.
    const isCut = this.context === undefined && skeletons.isWorthIt() && cut.take(this.buffer, start, end);
    const known = isCut ? this.findKnown() : undefined;
    if (known !== undefined) this.addKnown(start, end, line, known);
    else this.decodeInFull(this.buffer.toString("utf8", start, end), { start, end, line, places }, isCut);
  }

  private findKnown(): Known | undefined {
    const { skeletons, cut } = this.packer;
    const known = skeletons.find(cut, this.buffer, this.view);
    if (known !== undefined || !this.packer.cutMore(this.buffer)) return known;
    return skeletons.find(cut, this.buffer, this.view);
  }

  /** A record like an earlier one: what was cut out of it is its own. */
  private addKnown(start: number, end: number, line: number, known: Known): void {
    const { cut } = this.packer;
    const { ids } = known;
    this.packer.likeness.like(known, cut);
    const place = this.addPlace(start, end, line);
    this.formats[ids.format] = (this.formats[ids.format] ?? 0) + 1;
    this.packer.putKnownExtra(place, known, this.buffer);
    const pair = this.packer.pairOfKnown(known);
    const hash = cut.hasUuid ? undefined : this.hashOf(start, end);
    const row = this.nextRow();
    putKnownRow(this.into, row, place, ids, cut, hash, pair);
    this.packer.putOwnLayer7(this.into, row, known, this.buffer);
  }

  private decodeInFull(text: string, at: Stretch, isCut: boolean): void {
    const { start, end, line } = at;
    const decoded = decodeText(text, this.context);
    if (!decoded.ok) {
      if (NOT_JSON.has(decoded.failure.code) && this.decodePieces(at)) return;
      this.refuse(start, end, line, decoded.failure);
    } else if ("several" in decoded.value) {
      this.addMembers(decoded.value, at);
    } else {
      const learned = isCut && decoded.value.identity === undefined ? text : undefined;
      const hash = hashOfRecord(decoded.value, () => this.hashOf(start, end));
      this.add(decoded.value, this.addPlace(start, end, line), hash, learned);
    }
  }

  /** `learned` is the record's text when later ones may be like it. */
  private add({ format, record }: Decoded, place: number, hash: bigint, learned?: string): void {
    this.formats[format] = (this.formats[format] ?? 0) + 1;
    if (record.kind === "other") {
      this.others.push(this.packer.packOther(record.other, place, hash));
      return;
    }
    const { flow } = record;
    const ids = this.packer.idsOf(flow, format);
    if (learned !== undefined) this.learn(learned, flow, ids);
    if (ids.extra !== undefined) this.packer.putExtra(place, ids.extra);
    const row = this.nextRow();
    const own = {
      timeNs: flow.timeNs,
      sourcePort: flow.l4?.sourcePort,
      destinationPort: flow.l4?.destinationPort,
      latencyNs: flow.l7?.latencyNs,
      hash,
      hasUuid: flow.uuid !== undefined,
    };
    const pair = this.packer.pairOf(ids, own.sourcePort, own.destinationPort);
    putRow(this.into.columns, row, place, ids, own, pair);
  }

  private learn(text: string, flow: Flow, ids: FlowIds): void {
    const { skeletons, cut, likeness } = this.packer;
    const known = skeletons.learn(text, cut, this.buffer, flow, ids);
    if (known !== undefined) likeness.model(known, cut);
  }

  /** The records of a document: each where it lies, or, when they are in a text within it, all at the place of the document. */
  private addMembers({ several }: Several, at: Stretch): void {
    const members = membersOf(this.buffer, at.start, at.end);
    if (members?.length === several.length && several.length <= at.places) this.decodeMembers(members, at);
    else this.addShared(several, at);
  }

  private decodeMembers(members: readonly Member[], { start, line, places }: Stretch): void {
    const outer = this.context;
    const behindLast = this.records + places;
    let [seen, memberLine] = [start, line];
    for (const [index, { start: from, end, context }] of members.entries()) {
      memberLine += countLineFeeds(this.buffer.subarray(seen, from));
      seen = from;
      this.switchTo(context, from);
      // A member may hold several records itself; one place is kept for each that is still to come.
      this.decode(from, end, memberLine, behindLast - this.records - (members.length - 1 - index));
    }
    this.switchTo(outer, members.at(-1)?.end ?? start);
  }

  private switchTo(context: ReadingContext | undefined, from: number): void {
    if (context === this.context) return;
    this.context = context;
    this.notes.context(from, context);
  }

  private addShared(several: Several["several"], at: Stretch): void {
    for (const [nth, member] of several.entries()) {
      if (nth === at.places - 1 && nth + 1 < several.length) {
        this.refuseMember(at, nth, {
          code: "too_long",
          message: "More records in one document than are read.",
        });
        return;
      }
      if (!member.ok) this.refuseMember(at, nth, member.failure);
      else
        this.add(
          member.value,
          this.memberPlace(at, nth),
          hashOfRecord(member.value, () => 0n),
        );
    }
  }

  private memberPlace({ start, end, line }: Stretch, nth: number): number {
    // The document is at the place of its first record; the others point to it.
    const place = this.addPlace(nth === 0 ? start : end, end, line);
    this.notes.member(place, nth, start, end);
    return place;
  }

  private refuseMember(at: Stretch, nth: number, refused: Refused): void {
    this.memberPlace(at, nth);
    this.refusals.add(at.start, at.end, at.line, refused);
  }

  /** Lines of a container runtime that cut a record in parts; lines of its other stream may stand between them. */
  private decodeParts(start: number, end: number, line: number, places: number): void {
    const records = partsOf(this.buffer, start, end, line);
    for (const [index, parts] of records.entries()) {
      const [first] = parts as [Part];
      if (index === places - 1 && index + 1 < records.length) {
        this.refuse(first.start, end, first.line, {
          code: "too_long",
          message: "More records in parts than are read.",
        });
        return;
      }
      this.decodeJoined(parts, first, first.line);
    }
  }

  private decodeJoined(parts: readonly Part[], first: Part, line: number): void {
    const bytes = Buffer.concat(
      parts.flatMap((part, index) => (index === 0 ? [this.bytesOf(part)] : [LINE_BREAK, this.bytesOf(part)])),
    );
    const decoded = decodeText(bytes.toString("utf8"));
    const place = this.addPlace(first.start, first.end, line);
    if (parts.length > 1) this.notes.parts(place, parts);
    if (!decoded.ok) this.refusals.add(first.start, first.end, line, decoded.failure);
    else if ("record" in decoded.value)
      this.add(
        decoded.value,
        place,
        hashOfRecord(decoded.value, () => hash64(bytes)),
      );
    else this.refusals.add(first.start, first.end, line, SEVERAL_IN_PARTS);
  }

  private bytesOf({ start, end }: Part): Buffer {
    return this.buffer.subarray(start, end);
  }

  /** A line may hold more records than it counts as documents. */
  private nextRow(): number {
    const { columns } = this.into;
    if (this.rows === columns.place.length) this.into = rowsOf(grown(columns));
    return this.rows++;
  }

  private hashOf(start: number, end: number): bigint {
    return hash64(this.buffer.subarray(start, end));
  }

  /** A line that holds several records: each is a document. False when it is not that. */
  private decodePieces({ start, end, line, places }: Stretch): boolean {
    const pieces = piecesOf(this.buffer, start, end, places);
    if (pieces === undefined) return false;
    const behindLast = this.records + places;
    for (const [index, piece] of pieces.entries()) {
      const left = behindLast - this.records - (pieces.length - 1 - index);
      if (piece.refused !== undefined) this.refuse(piece.start, piece.end, line, piece.refused);
      else this.decode(piece.start, piece.end, line, left);
    }
    return true;
  }

  private addPlace(start: number, end: number, line: number): number {
    this.places.add(start, end, line);
    return this.records++;
  }

  private refuse(start: number, end: number, line: number, refused: Refused): void {
    this.addPlace(start, end, line);
    this.refusals.add(start, end, line, refused);
  }

  finish(reset: boolean): FlowBatch {
    const pieces = this.packer.likeness.finish();
    const packing = pieces === undefined ? BLOCK_PACKING.plain : BLOCK_PACKING.likeness;
    const data = compressSync(pieces ?? this.buffer);
    return {
      flows: this.rows,
      columns: this.into.columns,
      dictionaries: this.packer.takeFresh(),
      pairs: this.packer.takeFreshPairs(),
      reset,
      others: this.others,
      extras: this.packer.extras.finish(),
      refusals: this.refusals.listed,
      refusedBy: this.refusals.counts,
      formats: this.formats,
      read: this.records,
      block: {
        offset: this.chunk.offset,
        rawBytes: this.buffer.length,
        records: this.records,
        firstLine: this.firstLine,
        places: this.places.finish(),
        notes: this.notes.finish(),
        packing,
        data,
      },
    };
  }
}

/** A record's own 64 bits: of its uuid, of what identifies it instead, or of its bytes. */
function hashOfRecord({ record, identity }: Decoded, hashOfBytes: () => bigint): bigint {
  if (record.kind === "flow" && record.flow.uuid !== undefined) return uuidHash(record.flow.uuid);
  return identity === undefined ? hashOfBytes() : hash64(identity);
}
