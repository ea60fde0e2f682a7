/**
 * One copy's choice of what to mask, its key, and the values that must not show in it.
 *
 * Records are walked twice by the same code (redact-flow.ts): first to learn every masked value, then to write the copy, in
 * which a value that is masked in one place is masked wherever it stands.
 */

import { Addresses } from "./addresses";
import { addressesIn, macsIn, replaceOriginals, replaceSpelledAddresses, uuidsIn } from "./cover";
import { Identities } from "./identities";
import type { MaskKind } from "./kinds";
import { Originals } from "./originals";
import { Pseudonyms } from "./pseudonyms";
import { Remembered } from "./remembered";
import { isEnumWord, isTelling } from "./words";

/** Addresses whose pseudonyms are tried out under several keys. */
const ADDRESSES_TRIED = 5000;
const KEYS_TRIED = 8;

export class Mask {
  readonly originals = new Originals();
  /** Pseudonyms that are an original of another value: found in the copy they prove nothing. */
  readonly ambiguous = new Originals();
  /** Addresses met while learning, as many as are tried out. */
  private readonly addressesMet = new Set<string>();
  private readonly covered = new Remembered<string>();
  private readonly labels = new Remembered<string>();
  private isLearning = true;
  pseudonyms: Pseudonyms;
  private addresses: Addresses;
  private identities: Identities;

  constructor(
    readonly kinds: ReadonlySet<MaskKind>,
    key: Uint8Array,
  ) {
    this.pseudonyms = new Pseudonyms(key);
    this.addresses = new Addresses(this.pseudonyms);
    this.identities = new Identities(this.pseudonyms);
  }

  has(kind: MaskKind): boolean {
    return this.kinds.has(kind);
  }

  /**
   * After the first walk: from here on values are replaced. The key is changed until no pseudonym of an address is an address
   * of the capture itself, or as few as can be.
   */
  learned(): void {
    this.isLearning = false;
    this.covered.clear();
    this.labels.clear();
    let best = { key: this.pseudonyms, clashes: Number.POSITIVE_INFINITY };
    for (let turn = 0; turn < KEYS_TRIED && best.clashes > 0; turn++) {
      const key = new Pseudonyms(this.pseudonyms.bytes("turn", String(turn)));
      const clashes = this.clashesWith(new Addresses(key));
      if (clashes < best.clashes) best = { key, clashes };
    }
    this.pseudonyms = best.key;
    this.addresses = new Addresses(best.key);
    this.identities = new Identities(best.key);
    this.addressesMet.clear();
  }

  private clashesWith(addresses: Addresses): number {
    let clashes = 0;
    for (const met of this.addressesMet) if (this.originals.has(addresses.address(met) ?? "")) clashes++;
    return clashes;
  }

  /** A name of this kind; as any text when the kind is not masked. */
  name(kind: MaskKind, text: string | undefined): string | undefined {
    if (text === undefined || text === "") return text;
    if (!this.has(kind)) return this.text(text);
    return this.masked(text, (name) => this.pseudonyms.name(name));
  }

  /** Names between slashes: `cluster/node`. */
  path(kind: MaskKind, text: string | undefined): string | undefined {
    return text
      ?.split("/")
      .map((part) => this.name(kind, part))
      .join("/");
  }

  /** Case does not matter, and a final dot is kept. Every domain above it that is not everybody's counts too. */
  domain(text: string | undefined): string | undefined {
    if (text === undefined || !this.has("dns")) return this.text(text);
    const isRooted = text.endsWith(".");
    const name = (isRooted ? text.slice(0, -1) : text).toLowerCase();
    const address = this.plainAddress(name);
    if (address !== undefined) return address;
    const parts = name.split(".");
    if (this.isLearning)
      for (let at = 0; at < parts.length - 1; at++) {
        const domain = parts.slice(at).join(".");
        if (parts.slice(at).some(isTelling)) this.originals.add(domain);
      }
    if (parts.length === 1)
      return this.masked(name, (word) => this.pseudonyms.name(word)) + (isRooted ? "." : "");
    return this.reversed(name) ?? this.pseudonyms.name(name) + (isRooted ? "." : "");
  }

  private reversed(name: string): string | undefined {
    return name.endsWith(".in-addr.arpa") && this.has("ips")
      ? replaceSpelledAddresses(name, (address) => this.addresses.address(address))
      : undefined;
  }

  private plainAddress(text: string): string | undefined {
    const address = this.addresses.address(text);
    return address === undefined ? undefined : this.address(text);
  }

  address(text: string | undefined): string | undefined {
    if (text === undefined || text === "" || !this.has("ips")) return this.text(text);
    const masked = this.addresses.address(text);
    if (masked === undefined) return this.text(text);
    if (this.isLearning && this.addressesMet.size < ADDRESSES_TRIED) this.addressesMet.add(text);
    return this.learn(text, masked);
  }

  network(text: string): string {
    const masked = this.has("ips") ? this.addresses.network(text) : undefined;
    if (masked === undefined) return this.text(text);
    this.learn(text.split("/")[0] ?? "", masked.split("/")[0] ?? "");
    return masked;
  }

  mac(text: string | undefined): string | undefined {
    if (text === undefined || text === "" || !this.has("macs")) return this.text(text);
    return this.masked(text, (mac) => this.pseudonyms.mac(mac));
  }

  /** Not looked for: the check knows a uuid of ours when it sees one. */
  uuid(text: string): string {
    return this.isLearning ? text : this.pseudonyms.uuid(text);
  }

  /** Reserved identities mean the same everywhere and stay. */
  identity(field: string, value: number | undefined): number | undefined {
    if (value === undefined || !this.has("identities")) return value;
    const masked = this.identities.identity(value);
    if (this.isLearning && masked !== value) this.originals.add(`${field}=${value}`);
    if (!this.isLearning && this.originals.has(`${field}=${masked}`))
      this.ambiguous.add(`${field}=${masked}`);
    return masked;
  }

  /** A piece of something that is masked as a whole: not looked for elsewhere by itself. */
  hidden(text: string): string {
    const address = this.addresses.address(text);
    return address === undefined ? this.pseudonyms.name(text) : this.learnedAddress(text, address);
  }

  private learnedAddress(text: string, masked: string): string {
    return this.has("ips") ? this.learn(text, masked) : masked;
  }

  /** Labels are few, and come with every record. */
  label(text: string, mask: (text: string) => string): string {
    let masked = this.labels.get(text);
    if (masked === undefined) {
      masked = mask(text);
      this.labels.set(text, masked);
    }
    return masked;
  }

  /** Words that are looked for wherever they stand: what is masked as a whole. */
  secret(text: string, mask: (text: string) => string): string {
    return this.masked(text, mask);
  }

  private masked(text: string, mask: (text: string) => string): string {
    const hidden = mask(text);
    if (this.isLearning && hidden !== text && isTelling(text)) this.originals.add(text);
    return hidden;
  }

  private learn(text: string, masked: string): string {
    if (this.isLearning && masked !== text && /[.:]/.test(trimmed(text))) this.originals.add(trimmed(text));
    if (!this.isLearning && this.originals.has(trimmed(masked))) this.ambiguous.add(trimmed(masked));
    return masked;
  }

  text(text: string): string;
  text(text: string | undefined): string | undefined;
  /** A text that is kept, but for masked values in it. */
  text(text: string | undefined): string | undefined {
    if (text === undefined || text === "" || isEnumWord(text)) return text;
    if (this.isLearning) {
      if (this.covered.get(text) === undefined) {
        this.covered.set(text, text);
        this.learnFrom(text);
      }
      return text;
    }
    let covered = this.covered.get(text);
    if (covered === undefined) {
      covered = this.cover(text);
      this.covered.set(text, covered);
    }
    return covered;
  }

  /** Values that are known by their form, wherever they stand. */
  private learnFrom(text: string): void {
    if (this.has("ips")) {
      for (const address of addressesIn(text)) this.address(address);
      replaceSpelledAddresses(text, (address) => {
        this.address(address);
        return undefined;
      });
    }
    if (this.has("macs")) for (const mac of macsIn(text)) this.mac(mac);
  }

  private cover(text: string): string {
    const uuids = this.has("uuids") ? uuidsIn(text) : [];
    let kept = text;
    for (const uuid of uuids) kept = kept.replaceAll(uuid, this.pseudonyms.uuid(uuid));
    if (this.has("ips"))
      kept = replaceSpelledAddresses(kept, (address) =>
        this.originals.has(address) ? this.addresses.address(address) : undefined,
      );
    return replaceOriginals(kept, this.originals, (original) => this.pseudonymOf(original));
  }

  /** By its form, as it is masked where it has a field of its own. */
  private pseudonymOf(original: string): string {
    const address = this.addresses.address(original);
    if (address !== undefined) return this.learn(original, address);
    if (macsIn(original).length === 1) return this.pseudonyms.mac(original);
    // A domain is the same in capitals; a URL is masked piece by piece.
    const plain = original.includes(".") ? original.toLowerCase() : original;
    return plain
      .split("/")
      .map((piece) => this.pseudonyms.name(piece))
      .join("/");
  }
}

/** A value begins and ends with a word where it is looked for. */
function trimmed(text: string): string {
  return text.replace(/^[^\w]+|[^\w]+$/g, "");
}
