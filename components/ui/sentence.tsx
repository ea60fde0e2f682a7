import { visible } from "./text";

/** A sentence in which words between backticks are set as code. Invisible characters are spelled out. */
export function Sentence({ text }: { readonly text: string }) {
  const pieces = visible(text).split("`");
  // An odd backtick is one of the text itself.
  if (pieces.length % 2 === 0) return pieces.join("`");
  return [...pieces.entries()].map(([place, piece]) =>
    place % 2 === 1 ? <code key={place}>{piece}</code> : piece,
  );
}
