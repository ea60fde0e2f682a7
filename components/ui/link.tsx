import NextLink from "next/link";
import type { ComponentProps } from "react";

/**
 * Next's link, which fetches its page when it is clicked and not when it comes into sight: a view has dozens of links, each page
 * would be made by the server, and a changed filter changes them all.
 */
export function Link(props: ComponentProps<typeof NextLink>) {
  return <NextLink prefetch={false} {...props} />;
}
