/**
 * Masked copies that were asked for, written down until they are done, so that a stop of the server loses none. Their keys are
 * not: a copy that is begun again has another one.
 */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { MASK_KINDS } from "@/lib/redaction/kinds";

const orderSchema = z.object({
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  captureId: z.string(),
  name: z.string(),
  mask: z.array(z.enum(MASK_KINDS)),
  investigationId: z.string().nullable(),
  /** The new capture, not whole yet. */
  copyId: z.string().nullable(),
  /** How often it was begun. */
  begun: z.number(),
});

export type RedactionOrder = z.infer<typeof orderSchema>;

export class RedactionOrders {
  constructor(private readonly folder: string) {}

  /** Oldest first. What cannot be read is dropped, and so is all that was half made: it is of no use without its key. */
  left(): RedactionOrder[] {
    const orders: { readonly order: RedactionOrder; readonly name: string }[] = [];
    mkdirSync(this.folder, { recursive: true });
    for (const name of readdirSync(this.folder)) {
      const order = name.endsWith(".json") ? this.read(name) : undefined;
      if (order === undefined) rmSync(path.join(this.folder, name), { recursive: true, force: true });
      else orders.push({ order, name });
    }
    return orders.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ order }) => order);
  }

  private read(name: string): RedactionOrder | undefined {
    try {
      return orderSchema.parse(JSON.parse(readFileSync(path.join(this.folder, name), "utf8")));
    } catch {
      return undefined;
    }
  }

  put(order: RedactionOrder): void {
    mkdirSync(this.folder, { recursive: true });
    const file = this.fileOf(order.id);
    writeFileSync(`${file}.half`, JSON.stringify(order));
    renameSync(`${file}.half`, file);
  }

  drop(id: string): void {
    rmSync(this.fileOf(id), { force: true });
  }

  private fileOf(id: string): string {
    return path.join(this.folder, `${id}.json`);
  }
}
