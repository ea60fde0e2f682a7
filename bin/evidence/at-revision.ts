import type { Pin } from "@/lib/investigations/investigation";

/** The pin over another capture, whose revisions have other numbers. */
export function atRevision(pin: Pin, revision: number): Pin {
  if (pin.view === null) return pin;
  const params = new URLSearchParams(pin.link);
  params.set("revision", String(revision));
  return { ...pin, link: params.toString() };
}
