import type { Metadata } from "next";
import { PageMessage } from "@/components/frame/page-message";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <PageMessage title="There is no such page.">
      Check the address, or start again from the list of captures. A capture that was deleted leaves links
      behind that lead nowhere.
    </PageMessage>
  );
}
