/**
 * Questions that wait for a reader. They are taken in turn by capture, so that one capture with many or slow
 * questions does not keep those of another waiting behind all of its own; and of one capture the quick ones first: the rows
 * of a page do not wait for what stands beside them.
 */

interface OfACapture {
  /** Its capture's file. */
  readonly file: string;
  /** The lower, the earlier. */
  readonly rank: number;
  /** On the clock of `now`, in milliseconds. */
  readonly askedAt: number;
}

/** Whoever has waited for so long is not passed any more. */
const PATIENCE_MS = 1000;

export class WaitingQuestions<Job extends OfACapture> {
  /** By capture, in the order in which they are taken from. */
  private readonly queues = new Map<string, Job[]>();
  private count = 0;
  /** Whose question was taken last. */
  private last: string | undefined;

  /** One capture may take nine tenths of the room: some is left for the others. */
  constructor(
    private readonly room: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get size(): number {
    return this.count;
  }

  hasRoom(file: string): boolean {
    const ofOne = this.room - Math.floor(this.room / 10);
    return this.count < this.room && (this.queues.get(file)?.length ?? 0) < ofOne;
  }

  push(job: Job): void {
    const queue = this.queues.get(job.file);
    if (queue === undefined) this.queues.set(job.file, [job]);
    else queue.push(job);
    this.count++;
  }

  /** The next one; its capture then stands behind the others. */
  shift(): Job | undefined {
    const [first, second] = this.queues;
    // It may stand first again although it was taken from just now: its queue was empty in between.
    const next = first?.[0] === this.last ? (second ?? first) : first;
    if (next === undefined) return undefined;
    const [file, queue] = next;
    const [job] = queue.splice(this.placeOfNext(queue), 1);
    this.last = file;
    this.queues.delete(file);
    if (queue.length > 0) this.queues.set(file, queue);
    this.count--;
    return job;
  }

  /** The queue is in the order in which they were asked. */
  private placeOfNext(queue: readonly Job[]): number {
    const [oldest] = queue;
    if (oldest !== undefined && this.now() - oldest.askedAt >= PATIENCE_MS) return 0;
    const least = Math.min(...queue.map(({ rank }) => rank));
    return queue.findIndex(({ rank }) => rank === least);
  }

  /** False when it does not wait any more. */
  remove(job: Job): boolean {
    const queue = this.queues.get(job.file);
    const place = queue?.indexOf(job) ?? -1;
    if (queue === undefined || place < 0) return false;
    queue.splice(place, 1);
    if (queue.length === 0) this.queues.delete(job.file);
    this.count--;
    return true;
  }

  clear(): Job[] {
    const all = [...this.queues.values()].flat();
    this.queues.clear();
    this.count = 0;
    return all;
  }
}
