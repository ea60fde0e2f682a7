/** Keeps account of what an upload unpacks to, so that a small file cannot fill the disk. */

import { FileRefusal } from "./file-refusal";
import { PACKING_LIMITS, type PackingLimits } from "./limits";

const NEXT = "Unpack it yourself and add the logs in it, if it is what you expect.";

export class Budget {
  private unpackedBytes = 0;
  private entries = 0;
  private files = 0;

  /** `packedBytes` answers how much of the upload was read so far. */
  constructor(
    private readonly packedBytes: () => number,
    readonly limits: PackingLimits = PACKING_LIMITS,
  ) {}

  /** So many bytes came out of a decompressor. */
  unpacked(bytes: number): void {
    const { limits } = this;
    this.unpackedBytes += bytes;
    if (this.unpackedBytes > limits.unpackedBytes) {
      throw bomb(`It unpacks to more than ${inMib(limits.unpackedBytes)}, the most that one upload may.`);
    }
    const packed = this.packedBytes();
    if (this.unpackedBytes > limits.ratioFrom && this.unpackedBytes > limits.ratio * packed) {
      throw bomb(
        `It unpacks to more than ${limits.ratio} times its size (${inMib(this.unpackedBytes)} out of ${packed} bytes), which no flow log does.`,
      );
    }
  }

  /** One more entry of an archive was met. */
  entry(): void {
    if (++this.entries > this.limits.entries) {
      throw new FileRefusal(
        "archive_too_many",
        `The archive has more than ${this.limits.entries} entries; those before were read. ${NEXT}`,
        true,
      );
    }
  }

  /** One more entry is read as a file. */
  file(): void {
    if (++this.files > this.limits.files) {
      throw new FileRefusal(
        "archive_too_many",
        `The archive has more than ${this.limits.files} files; those before were read. ${NEXT}`,
        true,
      );
    }
  }

  layer(layers: number): void {
    if (layers > this.limits.layers) {
      throw new FileRefusal(
        "archive_too_deep",
        `More than ${this.limits.layers} packings lie one in the other. ${NEXT}`,
      );
    }
  }
}

function bomb(what: string): FileRefusal {
  return new FileRefusal(
    "archive_bomb",
    `${what} Reading stopped here; what came before was read. ${NEXT}`,
    true,
  );
}

function inMib(bytes: number): string {
  return `${Math.round(bytes / (1024 * 1024))} MiB`;
}
