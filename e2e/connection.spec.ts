import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";
import { HomePage } from "./pages/home-page";

test("a flow of the sample tells its connection: verdict, drop, retries; and each record can be opened", async ({
  page,
}) => {
  test.slow();
  const home = new HomePage(page);
  const flows = new FlowsPage(page);
  await home.goto();
  await home.openSample();
  await expect(page.getByText(/things go wrong here/)).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText("Partial:")).toBeHidden({ timeout: 120_000 });
  // The first drop of checkout to orders-api; its attempt has four SYN packets in eleven records.
  await flows.goto("samplecapture", "?flow=d34b2e731b0f0851");
  const story = flows.drawer.getByRole("region", { name: "Connection" });
  await expect(story).toContainText("Dropped at the server's side after 3 retries.", { timeout: 30_000 });
  await expect(story).toContainText("11 records");
  const records = story.getByRole("button", { name: /client|server/ });
  await expect(records).toHaveCount(11);
  await expect(story.locator("[aria-current]")).toContainText("dropped: Policy denied");
  await story
    .getByRole("button", { name: /one drop, told twice/ })
    .first()
    .press("Enter");
  await expect(story.locator("[aria-current]")).toContainText("denied: no rule allowed it");
  // The step is another element of another story now, and still where the keys are.
  await expect(story.locator("[aria-current]")).toBeFocused();
  await page.goBack();
  await expect(story.locator("[aria-current]")).toContainText("dropped: Policy denied");
});
