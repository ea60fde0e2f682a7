/** Shares: links that let people without the server's token read one investigation, and nothing else. */

import { createHash, randomBytes } from "node:crypto";
import { type Failure, fail, ok, type Result } from "@/lib/base/result";
import type { Catalogue } from "@/lib/catalogue/catalogue";
import type { StoredAccess, StoredShare } from "@/lib/catalogue/shares";
import { addressClass } from "@/lib/http/address-class";
import { hashPassphrase, isPassphrase } from "@/lib/http/passphrase";
import { hasSharePass } from "@/lib/http/share-cookie";
import type {
  AccessOutcome,
  MadeShare,
  NewShare,
  Share,
  SharedInvestigation,
} from "@/lib/investigations/share";
import { Slots } from "@/lib/jobs/slots";
import { withoutFilters } from "@/lib/report/block";
import type { PinPicture, PinReport } from "@/lib/report/pin-report-answer";
import type { Captures } from "./captures";
import type { PinPictures } from "./evidence/pin-pictures";
import type { Investigations } from "./investigations";

/** Who asks, as far as it is known. */
export interface Visitor {
  readonly address: string;
  readonly agent: string;
  readonly cookies: string | undefined;
}

/** `passphrase`: the share asks for it first. */
export type Admission =
  | { readonly kind: "in"; readonly shareId: string }
  | { readonly kind: "passphrase"; readonly shareId: string; readonly kept: string };

/** More would only be forgotten somewhere. */
const SHARES_PER_CASE = 100;
/** Requests of one visitor within this time are one visit. */
const VISIT_MS = 10 * 60_000;
const VISITS_REMEMBERED = 10_000;
/** Pins that visitors have answered at a time, one of each link: whoever works on this server waits for no crowd. */
const ANSWERED_AT_ONCE = 2;

export class Shares {
  /** When a visit was last written down. */
  private readonly visits = new Map<string, number>();
  private readonly turns = new Slots(ANSWERED_AT_ONCE);

  constructor(
    private readonly catalogue: Catalogue,
    private readonly investigations: Investigations,
    private readonly captures: Captures,
    private readonly pictures: PinPictures,
    private readonly nowMs: () => number = Date.now,
  ) {}

  async list(investigationId: string): Promise<Result<Share[]>> {
    const found = await this.investigations.get(investigationId);
    if (!found.ok) return found;
    return ok((await this.catalogue.shares.list(investigationId)).map(toShare));
  }

  async create(investigationId: string, asked: NewShare): Promise<Result<MadeShare>> {
    const found = await this.investigations.get(investigationId);
    if (!found.ok) return found;
    const expiresAtMs = asked.expiresAt === undefined ? null : Date.parse(asked.expiresAt);
    if (expiresAtMs !== null && expiresAtMs <= this.nowMs())
      return fail("bad_request", "The link would have expired already.", "Choose a later day.");
    if ((await this.catalogue.shares.count(investigationId)) >= SHARES_PER_CASE)
      return fail(
        "bad_request",
        `There are ${SHARES_PER_CASE} links already.`,
        "Remove withdrawn ones first.",
      );
    // 128 bits: a token cannot be guessed, so a plain hash of it is safe to keep.
    const token = randomBytes(16).toString("hex");
    const share: StoredShare = {
      id: randomBytes(8).toString("hex"),
      investigationId,
      tokenHash: hashOf(token),
      passphrase: asked.passphrase === undefined ? null : await hashPassphrase(asked.passphrase),
      note: asked.note,
      createdAtMs: BigInt(this.nowMs()),
      expiresAtMs: expiresAtMs === null ? null : BigInt(expiresAtMs),
      revokedAtMs: null,
      opened: 0,
    };
    await this.catalogue.shares.add(share);
    return ok({ share: toShare({ ...share, accesses: [] }), token });
  }

  /** Closes a link at once; one that is closed already is removed with its log. */
  async remove(investigationId: string, shareId: string): Promise<Result<null>> {
    const share = await this.catalogue.shares.get(shareId);
    if (share === null || share.investigationId !== investigationId)
      return fail("share_not_found", "There is no such link.", "It may have been removed.");
    if (this.closed(share) === undefined) await this.catalogue.shares.revoke(shareId, BigInt(this.nowMs()));
    else await this.catalogue.shares.remove(shareId);
    return ok(null);
  }

  /** Whether a visitor may go on. Each visit, and each that was turned away, is written down. */
  async admit(
    token: string | undefined,
    visitor: Visitor,
  ): Promise<Result<Admission, Failure<"share_not_found" | "share_closed">>> {
    const share = token === undefined ? null : await this.catalogue.shares.byToken(hashOf(token));
    if (share === null) return unknown();
    const { id: shareId, passphrase } = share;
    const closed = this.closed(share);
    if (closed !== undefined) {
      await this.note(shareId, visitor, closed);
      return closed === "expired" ? expired(share) : revoked(share);
    }
    if (passphrase !== null && !hasSharePass(visitor.cookies, { shareId, passphrase }, this.nowMs()))
      return ok({ kind: "passphrase", shareId, kept: passphrase });
    await this.note(shareId, visitor, "opened");
    return ok({ kind: "in", shareId });
  }

  /** Whether this is the passphrase of a share that asked for one. */
  async tryPassphrase(
    { shareId, kept }: Extract<Admission, { kind: "passphrase" }>,
    given: string,
    visitor: Visitor,
  ): Promise<boolean> {
    if (await isPassphrase(given, kept)) return true;
    await this.note(shareId, visitor, "wrong-passphrase");
    return false;
  }

  /** The case that a share lets its visitors read. Who they are was settled before ({@link admit}). */
  async shown(
    shareId: string | null,
  ): Promise<Result<{ investigationId: string; shared: SharedInvestigation }>> {
    const share = shareId === null ? null : await this.catalogue.shares.get(shareId);
    if (share === null || this.closed(share) !== undefined) return unknown();
    const { investigationId } = share;
    const found = await this.investigations.get(investigationId);
    if (!found.ok) return found;
    const { title, status, notes, pins, captureId, updatedAt } = found.value;
    const capture = await this.captures.info(captureId);
    const captureName = capture.ok ? capture.value.name : captureId;
    return ok({
      investigationId,
      shared: { title, status, notes, pins, captureId, captureName, updatedAt },
    });
  }

  /** What a pin of it shows, without the filters that lead into the workplace. */
  async pinReport(shareId: string | null, pinId: string, signal?: AbortSignal): Promise<Result<PinReport>> {
    const report = await this.inTurn(shareId, signal, (id) =>
      this.investigations.pinReport(id, pinId, signal),
    );
    return report.ok ? ok({ ...report.value, blocks: report.value.blocks.map(withoutFilters) }) : report;
  }

  async picture(shareId: string | null, pinId: string, signal?: AbortSignal): Promise<Result<PinPicture>> {
    return this.inTurn(shareId, signal, (id) => this.pictures.of(id, pinId, signal));
  }

  private async inTurn<T>(
    shareId: string | null,
    signal: AbortSignal | undefined,
    answer: (investigationId: string) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const done = await this.turns.take(shareId ?? "", signal ?? new AbortController().signal);
    if (done === undefined) return fail("too_busy", "The visitor did not wait.");
    try {
      const shown = await this.shown(shareId);
      return shown.ok ? await answer(shown.value.investigationId) : shown;
    } finally {
      done();
    }
  }

  private closed({ expiresAtMs, revokedAtMs }: StoredShare): "expired" | "revoked" | undefined {
    if (revokedAtMs !== null) return "revoked";
    return expiresAtMs !== null && Number(expiresAtMs) <= this.nowMs() ? "expired" : undefined;
  }

  private async note(shareId: string, visitor: Visitor, outcome: AccessOutcome): Promise<void> {
    const address = addressClass(visitor.address);
    const agent = visitor.agent.slice(0, 200);
    const now = this.nowMs();
    const visit = JSON.stringify([shareId, address, agent, outcome]);
    if (now - (this.visits.get(visit) ?? Number.NEGATIVE_INFINITY) < VISIT_MS) return;
    this.visits.delete(visit);
    this.visits.set(visit, now);
    const [oldest] = this.visits.keys();
    if (this.visits.size > VISITS_REMEMBERED && oldest !== undefined) this.visits.delete(oldest);
    await this.catalogue.shares.noteAccess({ shareId, atMs: BigInt(now), address, agent, outcome });
  }
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function toShare(share: StoredShare & { readonly accesses: readonly StoredAccess[] }): Share {
  const { id, note, createdAtMs, expiresAtMs, revokedAtMs, passphrase, opened, accesses } = share;
  return {
    id,
    note,
    createdAt: instant(createdAtMs),
    expiresAt: expiresAtMs === null ? null : instant(expiresAtMs),
    revokedAt: revokedAtMs === null ? null : instant(revokedAtMs),
    hasPassphrase: passphrase !== null,
    opened,
    accesses: accesses.map(({ atMs, address, agent, outcome }) => ({
      at: instant(atMs),
      address,
      agent,
      outcome: outcome as AccessOutcome,
    })),
  };
}

function instant(ms: bigint): string {
  return new Date(Number(ms)).toISOString();
}

function day(ms: bigint | null): string {
  return ms === null ? "" : `${instant(ms).slice(0, 16).replace("T", " ")} UTC`;
}

function unknown() {
  return fail(
    "share_not_found",
    "This link leads nowhere.",
    "Check that it was copied whole. The investigation may have been deleted; ask who sent it to you.",
  );
}

function expired({ expiresAtMs }: StoredShare) {
  return fail("share_closed", `This link expired on ${day(expiresAtMs)}.`, "Ask who sent it for a new one.");
}

function revoked({ revokedAtMs }: StoredShare) {
  return fail(
    "share_closed",
    `This link was withdrawn on ${day(revokedAtMs)}.`,
    "Ask who sent it for a new one.",
  );
}
