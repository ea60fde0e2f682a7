/**
 * What stands for a value in a copy: the same for the same value, and without the key not to be worked out or traced back.
 *
 * A name becomes eight syllables (48 bits), which can be read and told over the phone, and which no rule takes for a generated
 * ending. What rules do read is kept: dots between parts of a name, the endings that Kubernetes gives pods, and whether a
 * text is a number, a digest or a token.
 */

import { hash } from "node:crypto";
import { digestOf } from "./originals";
import { Remembered } from "./remembered";
import { isKept } from "./words";

const CONSONANTS = "bdfghjklmnprstvz";
const VOWELS = "aiou";
const SYLLABLES = 8;
/** Of SHA-256. */
const BLOCK = 64;
/** As Kubernetes makes them (apimachinery `util/rand`). */
const RANDOM_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const DIGITS = "0123456789";
const HEX = "0123456789abcdef";
const SMALL = "abcdefghijklmnopqrstuvwxyz0123456789";

const RANDOM = `[${RANDOM_LETTERS}]`;
/** Endings of pods' names, as lib/insight/workload-name.ts takes them off. */
const ENDINGS = [
  new RegExp(`^(.+?)((?:-${RANDOM}{6,10})?-${RANDOM}{5})$`),
  new RegExp(`^(.+?)(-\\d{8,11}-${RANDOM}{5})$`),
];
const ORDINAL = /^(.+)(-\d{1,5})$/;
/** `ip-10-0-1-5`: no ordinal. */
const DASHED_ADDRESS = /(?:^|-)\d{1,3}(?:-\d{1,3}){3}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export class Pseudonyms {
  private readonly words = new Remembered<string>();
  private readonly names = new Remembered<string>();
  private readonly macs = new Remembered<string>();

  private readonly innerPad: Buffer;
  private readonly outerPad: Buffer;
  private readonly sealHead: string;

  /** 128 to 512 bits, which nobody keeps. */
  constructor(key: Uint8Array) {
    const block = Buffer.alloc(BLOCK);
    block.set(key);
    this.innerPad = block.map((byte) => byte ^ 0x36) as Buffer;
    this.outerPad = block.map((byte) => byte ^ 0x5c) as Buffer;
    this.sealHead = this.bytes("seal", "").toString("hex");
  }

  /** HMAC-SHA-256 (RFC 2104). Written out: made of two one-shot digests it is several times as quick as the object. */
  bytes(kind: string, text: string): Buffer {
    const message = Buffer.from(`${kind}\0${text}`);
    const inner = hash("sha256", Buffer.concat([this.innerPad, message]), "buffer");
    return hash("sha256", Buffer.concat([this.outerPad, inner]), "buffer");
  }

  /** Any name: a pod's, a host's, a label's value. Parts between dots stand for themselves, so that domains stay domains. */
  name(text: string): string {
    let name = this.names.get(text);
    if (name === undefined && isKept(text)) name = text;
    if (name === undefined) {
      name = text
        .split(".")
        .map((part) => this.part(part))
        .join(".");
      this.names.set(text, name);
    }
    return name;
  }

  private part(text: string): string {
    if (text === "" || text === "*" || isKept(text)) return text;
    const shaped = this.shaped(text);
    if (shaped !== undefined) return shaped;
    for (const pattern of ENDINGS) {
      const [, stem, ending] = pattern.exec(text) ?? [];
      if (stem !== undefined && ending !== undefined) return this.part(stem) + this.ending(text, ending);
    }
    if (DASHED_ADDRESS.test(text)) return this.word(text);
    const [, stem, ordinal] = ORDINAL.exec(text) ?? [];
    return stem === undefined || ordinal === undefined ? this.word(text) : this.word(stem) + ordinal;
  }

  /** The random parts of a ReplicaSet and a pod each stand for themselves: pods of one ReplicaSet still share it. */
  private ending(text: string, ending: string): string {
    const parts = ending.slice(1).split("-");
    const owner = text.slice(0, text.length - (parts.at(-1)?.length ?? 0));
    return parts
      .map((part, at) => {
        const letters = /^\d+$/.test(part) ? DIGITS : RANDOM_LETTERS;
        return `-${this.letters(at === parts.length - 1 ? text : owner, letters, part.length)}`;
      })
      .join("");
  }

  /** Numbers, digests, tokens and uuids: as long and of the same letters, because routes are folded by their form. */
  private shaped(text: string): string | undefined {
    if (/^\d+$/.test(text)) return this.letters(text, DIGITS, text.length);
    if (UUID.test(text)) return this.uuid(text);
    if (text.length >= 8 && /^(?=.*\d)[0-9a-f]+$/i.test(text))
      return `0${this.letters(text, HEX, text.length - 1)}`;
    if (text.length >= 20 && /^(?=(?:.*\d){3})(?=.*[a-z])(?=.*[A-Z])[\w~+=-]+$/.test(text))
      return `000aA${this.letters(text, SMALL, text.length - 5)}`;
    if (text.length === 26 && /^(?=.*\d)[0-9A-Z]+$/.test(text))
      return `0${this.letters(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 25)}`;
    if (text.length >= 20 && /^(?=.*\d)[a-z0-9]+$/.test(text))
      return `${this.letters(text, SMALL, text.length - 1)}7`;
    return undefined;
  }

  word(text: string): string {
    let word = this.words.get(text);
    if (word === undefined) {
      const bytes = this.bytes("word", text);
      word = "";
      for (let at = 0; at < SYLLABLES; at++) {
        const byte = bytes[at] as number;
        word += (CONSONANTS[byte >> 4] ?? "") + (VOWELS[byte & 3] ?? "");
      }
      this.words.set(text, word);
    }
    return word;
  }

  /** So many of these letters. */
  private letters(text: string, letters: string, length: number): string {
    let out = "";
    for (let block = 0; out.length < length; block++)
      for (const byte of this.bytes(`letters ${block}`, text)) out += letters[byte % letters.length];
    return out.slice(0, length);
  }

  /**
   * A uuid of version 8, whose last 48 bits are a seal over the others: so every uuid of a copy can be told to be one of ours,
   * without a list of millions. A quick digest will do: whoever could forge the seal would only have made a uuid that is nobody's.
   */
  uuid(text: string): string {
    return this.sealed(this.bytes("uuid", text.toLowerCase()).toString("hex").slice(0, 20));
  }

  isOwnUuid(text: string): boolean {
    const digits = text.toLowerCase().replaceAll("-", "");
    return (
      this.sealed(digits.slice(0, 12) + digits.slice(13, 16) + digits.slice(17, 20)) === text.toLowerCase()
    );
  }

  private sealed(digits: string): string {
    const body = digits.slice(0, 18);
    const seal = digestOf(this.sealHead + body)
      .toString(16)
      .padStart(12, "0")
      .slice(-12);
    return `${body.slice(0, 8)}-${body.slice(8, 12)}-8${body.slice(12, 15)}-8${body.slice(15, 18)}-${seal}`;
  }

  /** Locally administered, as a MAC address that nobody sold. */
  mac(text: string): string {
    const known = this.macs.get(text);
    if (known !== undefined) return known;
    const bytes = this.bytes("mac", text.toLowerCase()).subarray(0, 6);
    bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 2;
    const mac = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
    this.macs.set(text, mac);
    return mac;
  }

  /** Hexadecimal digits of a trace id. */
  hex(text: string): string {
    return this.letters(text.toLowerCase(), HEX, text.length);
  }

  /** A decimal number within 2^53. */
  decimal(text: string): string {
    return String(this.bytes("decimal", text).readUIntBE(0, 6));
  }
}
