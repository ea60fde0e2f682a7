/**
 * Parameters that the address was given and that the page is not drawn for yet. When the page is drawn for one of them, Next writes
 * that one into the address again, also where a newer one stands there by then: a key pressed in that moment would build on the older
 * one, and what the key before it did would be lost.
 */

export class PendingAddress {
  private path = "";
  private waiting: readonly string[] = [];

  given(path: string, text: string): void {
    this.waiting = [...(path === this.path ? this.waiting : []), text];
    this.path = path;
  }

  /** The page is drawn for these. Others than were given came from elsewhere: back, forward, a link. */
  drawn(path: string, text: string): void {
    const at = path === this.path ? this.waiting.indexOf(text) : -1;
    this.waiting = at < 0 ? [] : this.waiting.slice(at + 1);
  }

  /** What was given last; undefined when the page is drawn for it. */
  latest(path: string): string | undefined {
    return path === this.path ? this.waiting.at(-1) : undefined;
  }
}
