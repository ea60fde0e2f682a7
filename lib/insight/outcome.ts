/**
 * What became of a connection attempt. The number is stored, so numbers are never given to another outcome.
 *
 * `noReply` needs a log in which replies could have been seen: what a filter or a field mask left out is
 * `unknowable`, what may have been in a gap is `gap`, what began at the end of the log is `open`.
 */

import type { Piece } from "./attempts";

export const OUTCOME = {
  /** No attempt: the connection was there before. */
  openAlready: 0,
  answered: 1,
  refused: 2,
  droppedEgress: 3,
  droppedIngress: 4,
  /** Dropped, the direction unknown. */
  dropped: 5,
  noReply: 6,
  gap: 7,
  open: 8,
  unknowable: 9,
} as const;

/** Words for a reader, by number. */
export const OUTCOME_TEXT: Readonly<Record<number, string>> = {
  [OUTCOME.openAlready]: "open before the log began",
  [OUTCOME.answered]: "answered",
  [OUTCOME.refused]: "refused: a reset came back",
  [OUTCOME.droppedEgress]: "dropped at the client's side",
  [OUTCOME.droppedIngress]: "dropped at the server's side",
  [OUTCOME.dropped]: "dropped",
  [OUTCOME.noReply]: "no reply seen",
  [OUTCOME.gap]: "no reply seen, beside a gap in the log",
  [OUTCOME.open]: "no reply yet at the end of the log",
  [OUTCOME.unknowable]: "the log holds no replies",
};

/** What the flows of the piece say by themselves; `noReply` is refined by what the log could have shown. */
export function outcomeOf(piece: Piece): number {
  if (piece.isOpenAlready) return OUTCOME.openAlready;
  if (piece.isAnswered) return OUTCOME.answered;
  if (piece.isRefused) return OUTCOME.refused;
  if (piece.droppedEgress) return OUTCOME.droppedEgress;
  if (piece.droppedIngress) return OUTCOME.droppedIngress;
  return piece.droppedSomewhere ? OUTCOME.dropped : OUTCOME.noReply;
}

/** Bits of `Attempt.flags`. */
export const ATTEMPT_FLAG = {
  synAck: 1,
  fin: 2,
  clientRst: 4,
  serverRst: 8,
  droppedEgress: 16,
  droppedIngress: 32,
  droppedSomewhere: 64,
  clientUnknown: 128,
} as const;

export function attemptFlags(piece: Piece): number {
  const flag = ATTEMPT_FLAG;
  return (
    (piece.hasSynAck ? flag.synAck : 0) |
    (piece.fin ? flag.fin : 0) |
    (piece.clientRst ? flag.clientRst : 0) |
    (piece.serverRst ? flag.serverRst : 0) |
    (piece.droppedEgress ? flag.droppedEgress : 0) |
    (piece.droppedIngress ? flag.droppedIngress : 0) |
    (piece.droppedSomewhere ? flag.droppedSomewhere : 0) |
    (piece.isClientKnown ? 0 : flag.clientUnknown)
  );
}
