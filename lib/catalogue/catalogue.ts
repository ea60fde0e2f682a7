/**
 * The catalogue: an index of the captures in the data folder, through Prisma. Rebuilt from their files
 * where the two disagree.
 */

import { mkdirSync } from "node:fs";
import path from "node:path";
import { PrismaLibSql } from "@prisma/adapter-libsql";
import type { Capture } from "./generated/client";
import { PrismaClient } from "./generated/client";

export type CatalogueEntry = Capture;
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

  /** The file must have been migrated. */
  constructor(file: string) {
    this.prisma = new PrismaClient({ adapter: new PrismaLibSql({ url: `file:${file}` }) });
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

  async close(): Promise<void> {
    await this.prisma.$disconnect();
  }
}
