/**
 * Looks through a finished copy for anything that should not be in it. Knows nothing of how records are re-written: it is given
 * their lines as anybody will get them, and the set of masked values.
 *
 * Every text of a record is searched for every masked value that stands in it as a whole, in any case of letters; the only texts
 * that are left out are words that Hubble and Kubernetes fix: enums, known label keys and header names.
 *
 * A line that is another one, which was clean, but for its time, uuid and ports has nothing else to be searched than its uuid.
 */

import { cutsOf, Rests } from "./alike";
import { isWordAt, replaceSpelledAddresses, uuidsIn } from "./cover";
import { isMaskKind, type MaskKind } from "./kinds";
import type { Originals } from "./originals";
import type { Pseudonyms } from "./pseudonyms";
import { Remembered } from "./remembered";
import { isEnumWord, isKnownHeader, isKnownLabelKey } from "./words";

export interface Leak {
  /** Where in the record: `flow.source.labels.2`. */
  readonly path: string;
  /** The masked value as it was found. */
  readonly value: string;
}

/** What a check needs to know of a mask. */
export interface Masked {
  readonly kinds: ReadonlySet<MaskKind>;
  readonly originals: Originals;
  readonly ambiguous: Originals;
  readonly pseudonyms: Pick<Pseudonyms, "isOwnUuid">;
}

/** Enough to see what went wrong. */
const MOST_LEAKS = 20;
const NUMBERS: ReadonlySet<string> = new Set(["identity", "ID", "vni"]);
const TIMES: ReadonlySet<string> = new Set(["time", "first", "last"]);

export class LeakCheck {
  readonly leaks: Leak[] = [];
  private readonly clean = new Remembered<true>();
  private readonly cleanRests = new Rests<true>();

  constructor(private readonly masked: Masked) {}

  /** True when nothing was found; else see {@link leaks}. */
  line(text: string): boolean {
    const before = this.leaks.length;
    const cuts = cutsOf(text);
    const isKnown = cuts !== undefined && this.cleanRests.has(cuts.rest);
    if (isKnown) this.search(cuts.uuid ?? "", "flow.uuid");
    else this.value(JSON.parse(text), "", "");
    const isClean = this.leaks.length === before;
    if (isClean && !isKnown && cuts !== undefined) this.cleanRests.set(cuts.rest, true);
    return isClean;
  }

  private value(value: unknown, name: string, path: string): void {
    if (this.leaks.length >= MOST_LEAKS) return;
    if (typeof value === "string") this.text(value, name, path);
    else if (typeof value === "number") this.number(value, name, path);
    else if (value !== null && typeof value === "object")
      for (const [key, inner] of Object.entries(value)) {
        const innerPath = path === "" ? key : `${path}.${key}`;
        // Vendor data may have names in the place of members.
        if (path.includes("extensions")) this.searchOnce(key, innerPath);
        this.value(inner, Array.isArray(value) ? name : key, innerPath);
      }
  }

  private number(value: number, name: string, path: string): void {
    if (NUMBERS.has(name)) this.judge(`${name}=${value}`, path);
  }

  private text(text: string, name: string, path: string): void {
    if (TIMES.has(name) || isEnumWord(text)) return;
    // The mark of the copy, in words of ours.
    if (path.startsWith("masked.") && isMaskKind(text)) return;
    if (name === "labels" || name === "node_labels") this.searchOnce(withoutKnownKey(text), path);
    // No two are the same.
    else if (name === "uuid") this.search(text, path);
    else if (name !== "key" || !isKnownHeader(text)) this.searchOnce(text, path);
  }

  private searchOnce(text: string, path: string): void {
    if (this.clean.get(text) !== undefined) return;
    const before = this.leaks.length;
    this.search(text, path);
    if (this.leaks.length === before) this.clean.set(text, true);
  }

  private search(text: string, path: string): void {
    if (this.masked.kinds.has("uuids"))
      for (const uuid of uuidsIn(text))
        if (!this.masked.pseudonyms.isOwnUuid(uuid)) this.leaks.push({ path, value: uuid });
    if (this.masked.kinds.has("ips"))
      replaceSpelledAddresses(text, (address) => {
        this.judge(address, path);
        return undefined;
      });
    for (const stretch of stretches(text, this.masked.originals.longest)) this.judge(stretch, path);
  }

  private judge(value: string, path: string): void {
    const { originals, ambiguous } = this.masked;
    if (originals.has(value) && !ambiguous.has(value)) this.leaks.push({ path, value });
  }
}

/** Every run of words with what stands between them. */
function* stretches(text: string, longest: number): Iterable<string> {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (!isWordAt(text, at)) continue;
    if (!isWordAt(text, at - 1)) starts.push(at);
    if (!isWordAt(text, at + 1)) ends.push(at + 1);
  }
  for (const start of starts)
    for (const end of ends) if (end > start && end - start <= longest) yield text.slice(start, end);
}

function withoutKnownKey(label: string): string {
  const [, source = "", key = "", rest = ""] = /^([a-z0-9]{1,16}:)?([^=]*)(=.*)?$/s.exec(label) ?? [];
  if (source === "reserved:") return "";
  return source === "cidr:" ? key.replaceAll("-", ":") : isKnownLabelKey(key) ? rest : `${key}${rest}`;
}
