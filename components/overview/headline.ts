import { formatQuantity } from "@/components/ui/format";

interface Found {
  readonly causes: number;
  /** Of these, the ones that are most likely harmless: they are no reason to say that something goes wrong. */
  readonly noise: number;
}

interface Reading {
  /** The first file is still being read. */
  readonly isUnsettled: boolean;
  /** Some file is. */
  readonly isPartial: boolean;
}

/** The first words of the page. */
export function headline({ causes, noise }: Found, { isUnsettled, isPartial }: Reading): string {
  if (isUnsettled) return "Causes are worked out when the first file has been read.";
  if (causes === 0)
    return isPartial ? "Nothing wrong was found so far." : "Nothing wrong was found in this scope.";
  const wrong = causes - noise;
  if (wrong === 0)
    return `Nothing serious was found here: ${formatQuantity(noise, "thing")}, most likely harmless.`;
  const first = wrong === 1 ? "1 thing goes wrong here" : `${formatQuantity(wrong, "thing")} go wrong here`;
  if (noise === 0) return `${first}.`;
  return `${first}; ${noise} more ${noise === 1 ? "is" : "are"} most likely harmless.`;
}
