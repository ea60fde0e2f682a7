/** One record as it came, out of any format, as the line of the copy. */

import { formatTime, parseTime } from "@/lib/base/time";
import type { Flow } from "@/lib/flow/flow";
import type { ReadingContext } from "@/lib/flow/reading-context";
import { decodeRecord } from "@/lib/formats/decode";
import type { Decoded } from "@/lib/formats/record";
import { writeFlow, writeOther } from "@/lib/formats/write-hubble";
import { type Cuts, cutsOf, LineForm, Rests } from "./alike";
import type { Mask } from "./mask";
import { redactFlow } from "./redact-flow";

export interface OriginalRecord {
  readonly bytes: Buffer;
  readonly context: ReadingContext | undefined;
  readonly nth: number | undefined;
  /** What tells it from all other records of the capture. */
  readonly id: string;
}

/** Records that are alike are masked once: all that a rest holds was met when the first of them was. */
export class RecordMasker {
  private readonly learned = new Rests<true>();
  private readonly forms = new Rests<LineForm>();
  private readonly kinds: readonly string[];

  constructor(private readonly mask: Mask) {
    this.kinds = [...mask.kinds];
  }

  /** The first walk: what the record has that is to be masked becomes known to the mask. */
  learn(record: OriginalRecord): void {
    const text = record.bytes.toString("utf8");
    const cuts = alikeCuts(record, text);
    if (cuts !== undefined && this.learned.has(cuts.rest)) return;
    const decoded = decodeRecord(text, record.context, record.nth);
    if (decoded?.record.kind === "other") this.mask.path("nodes", decoded.record.other.nodeName);
    if (decoded?.record.kind !== "flow") return;
    redactFlow(decoded.record.flow, this.mask);
    if (cuts !== undefined && isCertain(decoded, cuts)) this.learned.set(cuts.rest, true);
  }

  /** The first walk is over. */
  clear(): void {
    this.learned.clear();
  }

  /**
   * The second walk: the record as a line, without its break. Undefined for what cannot be read again.
   *
   * Records get a uuid: two that differ only in what is hidden would else be taken for one where they stand in two files. Rows of
   * Log Analytics get it even where they have one, because their shipper made that up.
   */
  redact(record: OriginalRecord): string | undefined {
    const text = record.bytes.toString("utf8");
    const cuts = alikeCuts(record, text);
    const form = cuts && this.forms.get(cuts.rest);
    if (cuts !== undefined && form !== undefined) {
      const timeNs = parseTime(cuts.time);
      if (timeNs !== undefined) return form.fill(this.valuesOf(cuts, timeNs, record.id));
    }
    const decoded = decodeRecord(text, record.context, record.nth);
    if (decoded === undefined) return undefined;
    if (decoded.record.kind === "other") {
      const { other } = decoded.record;
      return writeOther({ ...other, nodeName: this.mask.path("nodes", other.nodeName) }, this.kinds);
    }
    const { flow } = decoded.record;
    const line = writeFlow(this.redacted(flow, decoded, record.id));
    if (cuts !== undefined && flow.timeNs !== undefined && isCertain(decoded, cuts)) {
      const made = LineForm.of(line, this.valuesOf(cuts, flow.timeNs, record.id));
      if (made !== undefined) this.forms.set(cuts.rest, made);
    }
    return line;
  }

  private redacted(flow: Flow, decoded: Decoded, id: string): Flow {
    const redacted = redactFlow(flow, this.mask);
    if (flow.uuid === undefined || decoded.identity !== undefined) redacted.uuid = this.mask.uuid(id);
    redacted.masked ??= [...this.kinds];
    return redacted;
  }

  private valuesOf({ uuid, sourcePort, destinationPort }: Cuts, timeNs: bigint, id: string) {
    const { mask } = this;
    return {
      time: formatTime(timeNs),
      uuid: uuid === undefined ? mask.uuid(id) : mask.has("uuids") ? mask.uuid(uuid) : mask.text(uuid),
      sourcePort,
      destinationPort,
    };
  }
}

/** What was around a record decides how it is read. */
function alikeCuts({ context, nth }: OriginalRecord, text: string): Cuts | undefined {
  return context === undefined && nth === undefined ? cutsOf(text) : undefined;
}

/** Each value that was cut is the flow's own. */
function isCertain({ format, record, identity }: Decoded, cuts: Cuts): boolean {
  if (record.kind !== "flow" || identity !== undefined || (format !== "hubble" && format !== "retina"))
    return false;
  const { timeNs, uuid, l4 } = record.flow;
  return (
    cuts.times <= 2 &&
    timeNs === parseTime(cuts.time) &&
    uuid === cuts.uuid &&
    l4?.sourcePort === numberOf(cuts.sourcePort) &&
    l4?.destinationPort === numberOf(cuts.destinationPort)
  );
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
