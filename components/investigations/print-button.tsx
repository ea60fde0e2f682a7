"use client";

import { Button } from "@/components/ui/button";

/** Paper, or a file of the same look, by the browser's own dialog. */
export function PrintButton() {
  return <Button onClick={() => window.print()}>Print</Button>;
}
