"use client";

import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogButtons } from "@/components/ui/dialog";
import fields from "@/components/ui/fields.module.css";
import { parseFilter } from "@/lib/scope/filter";
import { type Hide, hideTerms, writeHide } from "@/lib/scope/map-hide";

interface HideDialogProps {
  readonly hide: Hide;
  readonly onHide: (text: string | null) => void;
  readonly onClose: () => void;
}

/** Hides what a filter finds, on the map alone: the scope of the other views stays. */
export function HideDialog({ hide, onHide, onClose }: HideDialogProps) {
  const id = useId();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string>();
  const submit = () => {
    const parsed = parseFilter(text);
    if (!parsed.ok) return setProblem(parsed.failure.message);
    if (parsed.value.terms.length === 0) return setProblem("Write a filter, for example server-port:9090.");
    const written = writeHide(hideTerms(hide, parsed.value.terms));
    if (written === undefined)
      return setProblem("That is more than a link can hold. Take something out first.");
    onHide(written);
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Hide by a filter"
      description="What any of the terms finds is left out of the map, and counted below it. Other views keep it."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className={fields.field}>
          <label className={fields.label} htmlFor={id}>
            Filter
          </label>
          <input
            id={id}
            className={fields.input}
            placeholder="server-port:9090 client-namespace:monitoring"
            value={text}
            spellCheck={false}
            autoComplete="off"
            autoFocus
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {problem !== undefined && (
            <p className={fields.problem} role="alert">
              {problem}
            </p>
          )}
        </div>
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit">
            Hide
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
