/** `2026-03-04T06:00:00.000Z` -> `2026-03-04 06:00 UTC`. In: RFC 3339 in UTC, as our own server writes it. */
export function minuteText(instant: string): string {
  return `${instant.slice(0, 16).replace("T", " ")} UTC`;
}
