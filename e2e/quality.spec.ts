import { makeCapture } from "./fixtures/captures";
import { flowLog } from "./fixtures/flow-log";
import { expect, test } from "./fixtures/test";
import { FlowsPage } from "./pages/flows-page";

test("the report adds up, and leads to the flows of a node and back with the filter kept", async ({
  page,
  request,
}) => {
  const id = await makeCapture(request, "quality", `${flowLog(200)}this is no record\n`);
  const flows = new FlowsPage(page);
  await flows.goto(id, "?q=verdict:DROPPED");
  await expect(flows.count).toHaveText("20 flows");
  await page.getByRole("link", { name: "Quality" }).click();
  await expect(page.getByText("1 record could not be read")).toBeVisible();
  const row = page.getByRole("region", { name: "Files of the capture" }).getByRole("row").nth(1);
  // Read, accepted, duplicate, other kinds, refused.
  await expect(row.getByRole("cell").nth(1)).toHaveText("201");
  await expect(row.getByRole("cell").nth(2)).toHaveText("200");
  await expect(row.getByRole("cell").nth(5)).toHaveText("1");
  await page.getByRole("link", { name: /^Flows/ }).click();
  await expect(flows.count).toHaveText("20 flows");
  await page.goBack();
  const node = page.getByRole("region", { name: "Nodes of the capture" }).getByRole("row").nth(1);
  const total = await node.getByRole("link").textContent();
  await node.getByRole("link").click();
  await expect(flows.count).toHaveText(`${total} flows`);
});

test("a capture without flows says why there is nothing to judge", async ({ page, request }) => {
  const id = await makeCapture(request, "quality-empty", "this is no record\n");
  await page.goto(`/captures/${id}/quality`);
  await expect(page.getByText("No flow could be read from the files")).toBeVisible();
});
