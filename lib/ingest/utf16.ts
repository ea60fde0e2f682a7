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
