/** Listens to `GET /captures/{id}/progress` (server-sent events) and comes back when the connection breaks. */
import type { ClientRequest, IncomingMessage } from "node:http";
import type { ProgressEvent } from "@/lib/questions/answers";

const AGAIN_MS = 1000;

export class ProgressFeed {
  /** What was heard last; undefined before the first message and while the connection is broken. */
  latest: ProgressEvent | undefined;
  private request: ClientRequest | undefined;
  private again: NodeJS.Timeout | undefined;
  private isClosed = false;
  private readonly waiting = new Set<() => void>();
  private listener: () => void = () => undefined;

  constructor(
    private readonly open: () => ClientRequest,
    private readonly parse: (text: string) => ProgressEvent,
  ) {
    this.connect();
  }

  /** Calls `listener` whenever `latest` changed. */
  onChange(listener: () => void): void {
    this.listener = listener;
  }

  /** Resolves with the next change, at the latest after `ms`. */
  changed(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.waiting.add(done);
    });
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.again);
    this.request?.destroy();
  }

  private connect(): void {
    const request = this.open();
    this.request = request;
    request.once("response", (response) => void this.listen(response));
    request.once("error", () => this.broken(request));
    request.end();
  }

  private async listen(response: IncomingMessage): Promise<void> {
    const { request } = this;
    let text = "";
    response.setEncoding("utf8");
    try {
      for await (const part of response) {
        const messages = (text + part).split("\n\n");
        text = messages.pop() ?? "";
        for (const message of messages) this.heard(message);
      }
    } catch {
      // The same as its end.
    }
    if (request !== undefined) this.broken(request);
  }

  private heard(message: string): void {
    if (!message.startsWith("data: ")) return;
    this.change(this.parse(message.slice("data: ".length)));
  }

  private broken(request: ClientRequest): void {
    if (this.isClosed || this.request !== request) return;
    this.request = undefined;
    this.change(undefined);
    this.again = setTimeout(() => this.connect(), AGAIN_MS);
  }

  private change(event: ProgressEvent | undefined): void {
    this.latest = event;
    this.listener();
    for (const done of this.waiting) done();
  }
}
