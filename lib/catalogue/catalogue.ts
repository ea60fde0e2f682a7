/**
 * The catalogue, through Prisma: an index of the captures in the data folder, rebuilt from their files where the two
 * disagree, and the investigations, which stand nowhere else.
 */

import { mkdirSync } from "node:fs";
import path from "node:path";
import { PrismaLibSql } from "@prisma/adapter-libsql";
import type { Capture, Investigation } from "./generated/client";
import { PrismaClient } from "./generated/client";
import { ShareStore } from "./shares";

export type CatalogueEntry = Capture;
export type StoredInvestigation = Investigation;

/** What of an investigation changes. */
export type InvestigationUpdate = Partial<Pick<Investigation, "title" | "status" | "notes" | "content">>;
type CatalogueState = "ready" | "newer" | "damaged";

/** What is known about a capture from its file. */
export interface CatalogueUpdate {
  readonly name: string;
  readonly createdAtMs: bigint;
  readonly state: CatalogueState;
  readonly revision: number;
  readonly files: number;
  readonly flows: bigint;
  readonly events: bigint;
  readonly drops: bigint | null;
  readonly nodes: number;
  /** RFC 3339. */
  readonly first: string | null;
  readonly last: string | null;
  readonly sizeBytes: bigint;
  readonly problem: string | null;
}

export function catalogueFile(dataFolder: string): string {
  mkdirSync(dataFolder, { recursive: true });
  return path.join(dataFolder, "catalogue.db");
}

export class Catalogue {
  private readonly prisma: PrismaClient;
  readonly shares: ShareStore;

  /** The file must have been migrated. */
  constructor(file: string) {
    this.prisma = new PrismaClient({ adapter: new PrismaLibSql({ url: `file:${file}` }) });
    this.shares = new ShareStore(this.prisma);
  }

  /** Newest first. */
  list(): Promise<CatalogueEntry[]> {
    return this.prisma.capture.findMany({ orderBy: [{ createdAtMs: "desc" }, { id: "asc" }], take: 10_000 });
  }

  get(id: string): Promise<CatalogueEntry | null> {
    return this.prisma.capture.findUnique({ where: { id } });
  }

  async put(id: string, update: CatalogueUpdate): Promise<CatalogueEntry> {
    return this.prisma.capture.upsert({ where: { id }, create: { id, ...update }, update });
  }

  async rename(id: string, name: string): Promise<void> {
    await this.prisma.capture.updateMany({ where: { id }, data: { name } });
  }

  async remove(id: string): Promise<void> {
    await this.prisma.capture.deleteMany({ where: { id } });
  }

  /** Newest first; of one capture, or of all. */
  investigations(captureId?: string): Promise<StoredInvestigation[]> {
    return this.prisma.investigation.findMany({
      ...(captureId !== undefined && { where: { captureId } }),
      orderBy: [{ updatedAtMs: "desc" }, { id: "asc" }],
      take: 1000,
    });
  }

  /** Whose stored content has this text in it. */
  investigationsWith(text: string): Promise<StoredInvestigation[]> {
    return this.prisma.investigation.findMany({ where: { content: { contains: text } }, take: 100 });
  }

  investigation(id: string): Promise<StoredInvestigation | null> {
    return this.prisma.investigation.findUnique({ where: { id } });
  }

  addInvestigation(investigation: StoredInvestigation): Promise<StoredInvestigation> {
    return this.prisma.investigation.create({ data: investigation });
  }

  /** False when it is not there, or not at this edition any more. */
  async changeInvestigation(
    id: string,
    edition: number,
    update: InvestigationUpdate,
    updatedAtMs: bigint,
  ): Promise<boolean> {
    const { count } = await this.prisma.investigation.updateMany({
      where: { id, edition },
      data: { ...update, updatedAtMs, edition: edition + 1 },
    });
    return count === 1;
  }

  /** With its shares. False when it is not there. */
  async removeInvestigation(id: string): Promise<boolean> {
    for (const share of await this.shares.list(id)) await this.shares.remove(share.id);
    return (await this.prisma.investigation.deleteMany({ where: { id } })).count > 0;
  }

  async close(): Promise<void> {
    await this.prisma.$disconnect();
  }
}
