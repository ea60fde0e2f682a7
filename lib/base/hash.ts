import { hash } from "node:crypto";

/** First 64 bits of the SHA-256, signed as SQLite keeps them. Not a mere checksum: log content is hostile. */
export function hash64(data: string | Uint8Array): bigint {
  return hash("sha256", data, "buffer").readBigInt64BE(0);
}

/**
 * 64 bits of a uuid. One in its usual spelling is folded in two (the agent made it at random, so that a
 * digest would only cost time); any other text is digested.
 */
export function uuidHash(uuid: string): bigint {
  if (uuid.length !== 36) return hash64(uuid);
  const words = [0, 0, 0, 0];
  let digits = 0;
  for (let at = 0; at < 36; at++) {
    const code = uuid.charCodeAt(at);
    if (at === 8 || at === 13 || at === 18 || at === 23) {
      if (code !== 45 /* - */) return hash64(uuid);
      continue;
    }
    const isDecimal = code >= 48 && code <= 57;
    if (!isDecimal && !((code >= 97 && code <= 102) /* a to f */)) return hash64(uuid);
    const digit = isDecimal ? code - 48 : code - 87;
    const word = digits++ >> 3;
    words[word] = ((words[word] as number) << 4) | digit;
  }
  const [a, b, c, d] = words as [number, number, number, number];
  return (BigInt(a ^ c) << 32n) | BigInt((b ^ d) >>> 0);
}
