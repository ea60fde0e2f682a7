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

interface WrittenProps {
  readonly label: string;
  readonly value: string;
  /** Characters that are taken. */
  readonly most: number;
  /** Whoever opened this wants to write here at once. */
  readonly isFirst?: boolean;
  readonly onChange: (value: string) => void;
}

/** A line of text. */
export function LineField({ label, value, most, isFirst = false, onChange }: WrittenProps) {
  return (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          className={fields.input}
          value={value}
          maxLength={most}
          autoComplete="off"
          ref={isFirst ? focusOn : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** Several lines. */
export function TextField({
  label,
  value,
  most,
  isFirst = false,
  rows,
  onChange,
}: WrittenProps & { readonly rows: number }) {
  return (
    <Field label={label}>
      {(id) => (
        <textarea
          id={id}
          className={fields.text}
          rows={rows}
          value={value}
          maxLength={most}
          ref={isFirst ? focusOn : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function focusOn(field: HTMLElement | null): void {
  field?.focus();
}
