import type { ByteReader } from "./byte-reader";
import { byteOrderOf, HEAD_BYTES } from "./sniff";

/**
 * A file that begins with more zero bytes than are looked at: what lies behind them tells whether it is UTF-16, which writes its
 * characters at even places. The zero bytes come as they are.
 */
export async function* behindHole(reader: ByteReader): AsyncGenerator<Uint8Array> {
  for (;;) {
    const head = await reader.peek(HEAD_BYTES);
    const first = head.findIndex((byte) => byte !== 0);
    if (first < 0 && head.length < HEAD_BYTES) return yield* reader.rest();
    const zeros = await reader.take(first < 0 ? HEAD_BYTES : first - (first % 2));
    if (zeros !== undefined && zeros.length > 0) yield zeros;
    if (first >= 0) break;
  }
  const order = byteOrderOf(await reader.peek(HEAD_BYTES));
  yield* order === undefined ? reader.rest() : fromUtf16(reader.rest(), order === "big");
}

/** UTF-16 text, as `>` of Windows PowerShell writes it, turned into UTF-8. A mark at its beginning goes. */
export async function* fromUtf16(
  bytes: AsyncIterable<Uint8Array>,
  isBigEndian: boolean,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(isBigEndian ? "utf-16be" : "utf-16le");
  const encoder = new TextEncoder();
  for await (const part of bytes) {
    const text = decoder.decode(part, { stream: true });
    if (text !== "") yield encoder.encode(text);
  }
  const rest = decoder.decode();
  if (rest !== "") yield encoder.encode(rest);
}
