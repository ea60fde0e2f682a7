import type { ReactNode } from "react";

interface ScrollRegionProps {
  /** Names the region for who does not see it. */
  readonly label: string;
  /** Makes it scroll. */
  readonly className: string | undefined;
  readonly children: ReactNode;
}

/** A part of the page that scrolls by itself, reached by keyboard too. */
export function ScrollRegion({ label, className, children }: ScrollRegionProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={className} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

/** Text as it is, such as a command or a rule; long lines scroll. */
export function ScrollText({ className, children }: Omit<ScrollRegionProps, "label">) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <pre className={className} tabIndex={0}>
      {children}
    </pre>
  );
}
