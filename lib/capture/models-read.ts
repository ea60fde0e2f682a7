/**
 * Models of blocks that were read lately: records that later ones are likenesses of.
 *
 * A block of a long log names models out of some thirty blocks that are spread over the whole file, so what is kept is bounded by its
 * bytes: the models of a million flows need 20 MiB, and with a bound by blocks each block was unpacked thirty times over.
 */

import type { Model } from "./likeness";

interface Kept {
  readonly models: readonly Model[];
  readonly bytes: number;
}

export class ModelsRead {
  private readonly blocks = new Map<number, Kept>();
  private bytes = 0;

  constructor(private readonly mostBytes = 24 * 1024 * 1024) {}

  /** Of a block, whose id is never given to another one; `read` is asked where they are not kept. */
  of(blockId: number, read: () => readonly Model[]): readonly Model[] {
    const kept = this.blocks.get(blockId) ?? this.keep(read());
    // Read last, dropped last.
    this.blocks.delete(blockId);
    this.blocks.set(blockId, kept);
    return kept.models;
  }

  private keep(models: readonly Model[]): Kept {
    // Bytes of their own: else each model holds the whole block that it stands in.
    const own = models.map(({ bytes, cuts }) => ({ bytes: Buffer.from(bytes), cuts }));
    const bytes = own.reduce((sum, model) => sum + model.bytes.length, 0);
    this.bytes += bytes;
    for (const [id, oldest] of this.blocks) {
      if (this.bytes <= this.mostBytes) break;
      this.blocks.delete(id);
      this.bytes -= oldest.bytes;
    }
    return { models: own, bytes };
  }
}
