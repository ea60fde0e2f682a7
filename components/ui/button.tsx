import type { ComponentProps, ReactNode } from "react";
import styles from "./button.module.css";
import { classes } from "./classes";

interface ButtonProps extends ComponentProps<"button"> {
  /** `primary`: the one thing to do here. `quiet`: no edge until it is pointed at. */
  readonly look?: "primary" | "plain" | "quiet" | "danger";
  readonly small?: boolean;
}

export function Button({ look = "plain", small = false, className, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={classes(styles.button, styles[look], small && styles.small, className)}
    />
  );
}

interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label" | "title"> {
  /** What it does; read out, and shown on hover together with `hotkey`. */
  readonly label: string;
  readonly hotkey?: string;
  readonly children: ReactNode;
}

export function IconButton({ label, hotkey, className, type = "button", ...rest }: IconButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      title={hotkey === undefined ? label : `${label} (${hotkey})`}
      className={classes(styles.button, styles.quiet, styles.icon, className)}
    />
  );
}

/** Looks like a button, goes somewhere. For `className` of a link. */
export function linkButton(look: "primary" | "plain" | "quiet" = "plain", small = false): string {
  return classes(styles.button, styles[look], small && styles.small);
}
