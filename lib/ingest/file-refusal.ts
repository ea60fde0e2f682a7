import type { RefusalCode } from "@/lib/formats/record";

/** A file or an archive as such cannot be read, or not to its end. Counts as one refused record. */
export class FileRefusal extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
    /** Nothing more of the whole upload is read. */
    readonly endsUpload = false,
  ) {
    super(message);
  }
}
