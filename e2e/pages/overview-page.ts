import type { Locator, Page } from "@playwright/test";

/** The first view of a capture: what is wrong, and what is usual, new and missing. */
export class OverviewPage {
  readonly headline: Locator;
  readonly causes: Locator;
  readonly side: Locator;

  constructor(readonly page: Page) {
    this.headline = page.getByRole("heading", { level: 1 });
    this.causes = page.locator("main li", { has: page.getByText("What to do") });
    this.side = page.getByRole("complementary", { name: "Traffic of the scope" });
  }

  async goto(captureId: string, query = ""): Promise<void> {
    await this.page.goto(`/captures/${captureId}/overview${query}`);
  }

  cause(sentence: RegExp): Locator {
    return this.causes.filter({ hasText: sentence });
  }

  /** A list beside the causes, by its heading. */
  part(title: RegExp): Locator {
    return this.side.getByRole("region", { name: title });
  }

  tab(name: RegExp): Locator {
    return this.page.getByRole("navigation", { name: "Views" }).getByRole("link", { name });
  }
}
