import { Link } from "@/components/ui/link";
import { formatCount } from "./format";
import shared from "./view.module.css";

interface CountLinkProps {
  /** Null: the log cannot tell. */
  readonly count: number | null;
  /** The flows that are counted; undefined where no filter can say which they are. */
  readonly href: string | undefined;
  /** Stands among words: then it is underlined, so that more than its colour tells it from them. */
  readonly isInText?: boolean;
}

/** A count that leads to what it counts. */
export function CountLink({ count, href, isInText = false }: CountLinkProps) {
  if (count === null) return <span className={shared.quiet}>not knowable</span>;
  if (count === 0 || href === undefined) return <span className={shared.quiet}>{formatCount(count)}</span>;
  return (
    <Link href={href} className={isInText ? shared.inText : undefined}>
      {formatCount(count)}
    </Link>
  );
}
