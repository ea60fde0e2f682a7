import { rmSync } from "node:fs";

/** Playwright stops the server after this; what it still writes into the folder is lost on purpose. */
export default function teardown(): void {
  const data = process.env.E2E_DATA;
  if (data) rmSync(data, { recursive: true, force: true });
}
