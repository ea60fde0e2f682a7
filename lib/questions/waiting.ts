/**
 * Questions that wait for a reader. They are taken in turn by capture, so that one capture with many or slow
 * questions does not keep those of another waiting behind all of its own.
 */

interface OfACapture {
  /** Its capture's file. */
  readonly file: string;
}

export class WaitingQuestions<Job extends OfACapture> {
  /** By capture, in the order in which they are taken from. */
  private readonly queues = new Map<string, Job[]>();
  private count = 0;
  /** Whose question was taken last. */
  private last: string | undefined;

  /** One capture may take nine tenths of the room: some is left for the others. */
  constructor(private readonly room: number) {}

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
    const job = queue.shift();
    this.last = file;
    this.queues.delete(file);
    if (queue.length > 0) this.queues.set(file, queue);
    this.count--;
    return job;
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
