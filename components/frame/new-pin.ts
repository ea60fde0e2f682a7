/** Characters of a note, as many as the interface takes. */
export const MOST_OF_A_NOTE = 20_000;

/** An id that no other pin of an investigation has. Browser only. */
export function newPinId(): string {
  return crypto.getRandomValues(new BigUint64Array(1))[0]?.toString(36).padStart(13, "0") ?? "";
}
