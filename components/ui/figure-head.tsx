import type { ReactNode } from "react";
import { Button } from "./button";
import figure from "./figure.module.css";

interface FigureHeadProps {
  /** Of the heading, for what is labelled by it. */
  readonly id: string;
  readonly title: string;
  readonly heading?: "h2" | "h3";
  /** What is pointed at, in numbers. */
  readonly readout: ReactNode;
  /** The same numbers for whom a picture says nothing; undefined while there are none. */
  readonly onTable: (() => void) | undefined;
}

/** What stands above a picture of numbers over time. */
export function FigureHead({ id, title, heading: Heading = "h2", readout, onTable }: FigureHeadProps) {
  return (
    <figcaption className={figure.head}>
      <Heading id={id} className={figure.title}>
        {title}
      </Heading>
      <span className={figure.readout}>{readout}</span>
      <Button small look="quiet" onClick={onTable} disabled={onTable === undefined}>
        As a table
      </Button>
    </figcaption>
  );
}
