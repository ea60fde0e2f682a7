import { type ReactNode, useId } from "react";
import fields from "./fields.module.css";

interface FieldProps {
  readonly label: string;
  /** Given the id that the field must have. */
  readonly children: (id: string) => ReactNode;
}

/** A field of a form below its label. */
export function Field({ label, children }: FieldProps) {
  const id = useId();
  return (
    <div className={fields.field}>
      <label htmlFor={id} className={fields.label}>
        {label}
      </label>
      {children(id)}
    </div>
  );
}
