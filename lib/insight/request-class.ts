/**
 * What became of a request, in classes of which exactly one holds. `error` of the store is the server's fault or a rule's;
 * what the client did wrong (4xx, gRPC statuses that blame the caller) is apart from it.
 */

/** In the order in which they are drawn, worst last. `unpaired`: nothing says whether it was answered. */
export const REQUEST_CLASSES = [
  "ok",
  "unpaired",
  "open",
  "no-answer",
  "client-error",
  "server-error",
  "denied",
] as const;
export type RequestClass = (typeof REQUEST_CLASSES)[number];
