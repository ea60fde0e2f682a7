import { expect, type Locator, type Page } from "@playwright/test";

/** The flows of a capture, with the frame round them. */
export class FlowsPage {
  readonly grid: Locator;
  readonly count: Locator;
  /** Stands beside the count where the scope holds drops. */
  readonly drops: Locator;
  readonly filter: Locator;
  readonly drawer: Locator;
  readonly raw: Locator;
  readonly histogram: Locator;
  readonly openRow: Locator;

  constructor(readonly page: Page) {
    this.grid = page.getByRole("grid", { name: "Flows" });
    this.count = page.getByRole("heading", { level: 1 });
    this.drops = page.locator("main h1 ~ span", { hasText: /drops?$/ });
    this.filter = page.getByRole("combobox", { name: "Filter" });
    this.drawer = page.getByRole("complementary");
    this.raw = this.drawer.getByRole("region", { name: "Record as received" }).locator("pre");
    this.histogram = page.getByRole("group", { name: /^Events over time/ });
    this.openRow = page.getByRole("row", { selected: true });
  }

  async goto(captureId: string, query = ""): Promise<void> {
    await this.page.goto(`/captures/${captureId}/flows${query}`);
  }

  /** A row by its number in the whole table, from 0, when its flow is there. */
  row(index: number): Locator {
    return this.page.locator(
      `[role=grid]:not([aria-busy]) [role=row][aria-rowindex="${index + 2}"]:not([aria-busy])`,
    );
  }

  cell(index: number, column: string): Locator {
    return this.row(index).locator(`[data-column="${column}"]`);
  }

  async filterBy(text: string): Promise<void> {
    await this.filter.fill(text);
    await this.filter.press("Enter");
  }

  chip(text: string): Locator {
    return this.page.getByRole("button", { name: `Term ${text}`, exact: true });
  }

  async chooseOnChip(text: string, action: string): Promise<void> {
    await this.page.getByRole("button", { name: `Term ${text}` }).click();
    await this.page.getByRole("menuitem", { name: action }).click();
  }

  /** Opens a row beside its values: a click on a value opens the menu of the value. */
  async open(index: number): Promise<void> {
    await this.cell(index, "time").click();
    await expect(this.page).toHaveURL(/[?&]flow=/);
  }

  async chooseOnValue(index: number, column: string, action: string): Promise<void> {
    await this.cell(index, column).locator("[data-value]").click();
    await this.page.getByRole("menuitem", { name: action }).first().click();
  }

  field(label: string): Locator {
    return this.drawer
      .locator("div", { has: this.page.getByText(label, { exact: true }) })
      .locator("dd")
      .first();
  }

  /** Brushes the histogram from one part of its width to another, 0 to 1. */
  async brush(from: number, to: number): Promise<void> {
    const box = await this.histogram.boundingBox();
    if (box === null) throw new Error("the histogram is not drawn");
    const y = box.y + box.height / 3;
    await this.page.mouse.move(box.x + box.width * from, y);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + box.width * ((from + to) / 2), y, { steps: 3 });
    await this.page.mouse.move(box.x + box.width * to, y, { steps: 3 });
    await this.page.mouse.up();
  }

  /** Makes the clipboard refuse or take without a permission prompt; the text is read by `copied`. */
  async watchClipboard(): Promise<void> {
    await this.page.addInitScript(() => {
      Object.defineProperty(navigator, "clipboard", {
        value: { writeText: async (text: string) => void Reflect.set(window, "copiedText", text) },
      });
    });
  }

  copied(): Promise<unknown> {
    return this.page.evaluate(() => Reflect.get(window, "copiedText"));
  }
}
