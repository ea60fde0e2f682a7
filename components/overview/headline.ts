import { formatQuantity } from "@/components/ui/format";

/** The first words of the page. */
export function headline(causes: number, isUnsettled: boolean): string {
  if (isUnsettled) return "Causes are worked out when the first file has been read.";
  if (causes === 0) return "Nothing wrong was found in this scope.";
  return `${formatQuantity(causes, "thing")} ${causes === 1 ? "goes" : "go"} wrong here, the worst first.`;
}
