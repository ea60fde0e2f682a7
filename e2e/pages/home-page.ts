import type { Locator, Page } from "@playwright/test";

export interface LogFile {
  readonly name: string;
  readonly text: string;
}

/** The first page: drop zone and list of captures. */
export class HomePage {
  readonly title: Locator;
  readonly overlay: Locator;

  constructor(readonly page: Page) {
    this.title = page.getByRole("heading", { name: "Open flow logs" });
    this.overlay = page.getByText("Drop to open as one capture");
  }

  async goto(): Promise<void> {
    await this.page.goto("/");
    await this.page.getByRole("heading", { name: "Captures", exact: true }).waitFor();
  }

  /** Drags files over the window; they are let go by `drop`. */
  async dragOver(files: readonly LogFile[]): Promise<void> {
    await this.dispatch("dragenter", files);
  }

  async drop(files: readonly LogFile[]): Promise<void> {
    await this.dispatch("drop", files);
  }

  /** Drops a file or folder of this machine as a hand would; only Chromium's own protocol gives a page a folder. */
  async dropFrom(path: string): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await session.send("Input.dispatchDragEvent", { type, x: 300, y: 200, data });
  }

  async pick(files: readonly LogFile[]): Promise<void> {
    await this.page.getByLabel("Files for a new capture").setInputFiles(files.map(toInputFile));
  }

  async addTo(capture: string, files: readonly LogFile[]): Promise<void> {
    await this.page.getByLabel(`Files to add to ${capture}`).setInputFiles(files.map(toInputFile));
  }

  row(capture: string): Locator {
    return this.page.getByRole("row").filter({ has: this.link(capture) });
  }

  link(capture: string): Locator {
    return this.page.getByRole("link", { name: capture, exact: true });
  }

  async choose(capture: string, action: string): Promise<void> {
    await this.page.getByRole("button", { name: `Actions for ${capture}` }).click();
    await this.page.getByRole("menuitem", { name: action }).click();
  }

  async rename(capture: string, name: string): Promise<void> {
    await this.choose(capture, "Rename");
    await this.page.getByLabel("Name", { exact: true }).fill(name);
    await this.page.getByRole("button", { name: "Rename" }).click();
  }

  async openSample(): Promise<void> {
    await this.page.getByRole("button", { name: "Open the sample capture" }).click();
  }

  /** Opens the capture that a file of this name went into; beside it may stand what another story sends. */
  async openWhatBecameOf(fileName: string): Promise<void> {
    const report = this.page.getByRole("row").filter({ hasText: fileName });
    await report.getByRole("link", { name: "Open the capture" }).first().click();
  }

  private async dispatch(type: string, files: readonly LogFile[]): Promise<void> {
    const dataTransfer = await this.page.evaluateHandle((given) => {
      const transfer = new DataTransfer();
      for (const { name, text } of given) transfer.items.add(new File([text], name));
      return transfer;
    }, files);
    await this.page.dispatchEvent("body", type, { dataTransfer });
  }
}

function toInputFile({ name, text }: LogFile) {
  return { name, mimeType: "application/octet-stream", buffer: Buffer.from(text) };
}
