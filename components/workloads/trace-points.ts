/** Trace points in words: where in the datapath a packet was seen, on its node. */

import { visible } from "@/components/ui/text";

const SAYS: ReadonlyMap<string, string> = new Map([
  ["TO_PROXY", "handed to the L7 proxy of the node"],
  ["TO_HOST", "handed to the node itself"],
  ["TO_STACK", "handed to the node's network stack, mostly on its way out"],
  ["TO_OVERLAY", "sent to another node through the tunnel"],
  ["TO_NETWORK", "sent to another node, or outside, without the tunnel"],
  ["TO_CRYPTO", "handed on to be encrypted"],
  ["TO_ENDPOINT", "delivered to the pod"],
  ["FROM_ENDPOINT", "sent by the pod"],
  ["FROM_PROXY", "came back from the L7 proxy"],
  ["FROM_HOST", "came from the node itself"],
  ["FROM_STACK", "came from the node's network stack"],
  ["FROM_OVERLAY", "came from another node through the tunnel"],
  ["FROM_NETWORK", "came from another node, or outside, without the tunnel"],
  ["FROM_CRYPTO", "came back from encryption"],
  ["-", "drops, policy verdicts, requests and socket events have none"],
  ["?", "the record left out what kind of event it was"],
]);

export function tracePointText(name: string): { readonly name: string; readonly says: string } {
  const says = SAYS.get(name) ?? "";
  if (name === "-") return { name: "no trace point", says };
  if (name === "?") return { name: "not known", says };
  return { name: visible(name).toLowerCase().replaceAll("_", "-"), says };
}
