/** Links to investigations for people without a token of the server, and who opened them. */

import type { PrismaClient, Share, ShareAccess } from "./generated/client";

export type StoredShare = Share;
export type StoredAccess = ShareAccess;

/** Accesses that are kept of one share. */
const LOG_LENGTH = 200;

export class ShareStore {
  constructor(private readonly prisma: PrismaClient) {}

  /** Newest first, each with its log, newest first. */
  list(investigationId: string): Promise<(StoredShare & { accesses: StoredAccess[] })[]> {
    return this.prisma.share.findMany({
      where: { investigationId },
      orderBy: [{ createdAtMs: "desc" }, { id: "asc" }],
      include: { accesses: { orderBy: { id: "desc" }, take: LOG_LENGTH } },
    });
  }

  count(investigationId: string): Promise<number> {
    return this.prisma.share.count({ where: { investigationId } });
  }

  get(id: string): Promise<StoredShare | null> {
    return this.prisma.share.findUnique({ where: { id } });
  }

  byToken(tokenHash: string): Promise<StoredShare | null> {
    return this.prisma.share.findUnique({ where: { tokenHash } });
  }

  async add(share: StoredShare): Promise<void> {
    await this.prisma.share.create({ data: share });
  }

  async revoke(id: string, revokedAtMs: bigint): Promise<void> {
    await this.prisma.share.updateMany({ where: { id, revokedAtMs: null }, data: { revokedAtMs } });
  }

  /** With its log. */
  async remove(id: string): Promise<void> {
    await this.prisma.$transaction([
      this.prisma.shareAccess.deleteMany({ where: { shareId: id } }),
      this.prisma.share.deleteMany({ where: { id } }),
    ]);
  }

  /** Writes down an access. The oldest go when there are many. */
  async noteAccess(access: Omit<StoredAccess, "id">): Promise<void> {
    const { shareId, outcome } = access;
    await this.prisma.shareAccess.create({ data: access });
    if (outcome === "opened")
      await this.prisma.share.updateMany({ where: { id: shareId }, data: { opened: { increment: 1 } } });
    const last = await this.prisma.shareAccess.findFirst({
      where: { shareId },
      orderBy: { id: "desc" },
      skip: LOG_LENGTH,
    });
    if (last !== null) await this.prisma.shareAccess.deleteMany({ where: { shareId, id: { lte: last.id } } });
  }
}
