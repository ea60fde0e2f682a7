/** What to do about refused records, by the code of the refusal. docs/formats.md says the same at more length. */

const WAY_OUT: ReadonlyMap<string, string> = new Map([
  ["json_invalid", "The log was damaged or edited: look at the line, or copy the log again."],
  [
    "not_a_record",
    "Nothing is wrong where it is a message of a program. Else export the flows again, with hubble observe -o json.",
  ],
  [
    "not_a_flow",
    "Check what wrote it. Records of Hubble hold a flow; rows of Log Analytics a time and a verdict, a namespace or an identity.",
  ],
  [
    "known_not_read",
    "This format is not read. Where the same events can be had as flows of Hubble, the reason says how.",
  ],
  ["field_invalid", "Check what wrote it: a member has a value that Hubble never gives it."],
  ["torn", "Copy the file again: it was still being written to, or its writer was stopped."],
  ["too_deep", "Take the records out of what is wrapped around them, and add them."],
  ["too_long", "No flow is so long: check what wrote it. What comes behind was read."],
  ["not_text", "Add the log itself."],
  ["packing_not_read", "Unpack it, and add what is inside."],
  ["packing_broken", "Copy the file again. What came before was read."],
  ["archive_encrypted", "Unpack it with its password, and add the logs."],
  ["archive_bomb", "Unpack it yourself, if it is what you expect, and add the logs."],
  ["archive_too_many", "Add the logs in several archives."],
  ["archive_too_deep", "Unpack the outer ones, and add what is inside."],
]);

/** One line for each code, in the order in which they are met first. */
export function waysOut(codes: readonly string[]): { readonly code: string; readonly text: string }[] {
  return [...new Set(codes)].flatMap((code) => {
    const text = WAY_OUT.get(code);
    return text === undefined ? [] : [{ code, text }];
  });
}
