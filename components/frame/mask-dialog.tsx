"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogButtons } from "@/components/ui/dialog";
import { LineField } from "@/components/ui/field";
import fields from "@/components/ui/fields.module.css";
import { visible } from "@/components/ui/text";
import type { CaptureInfo } from "@/lib/questions/answers";
import type { MaskKind } from "@/lib/redaction/kinds";
import { ApiError } from "./api";
import styles from "./mask-dialog.module.css";
import { MASK_CHOICES, MASK_ORDER } from "./mask-kinds";
import { useStartRedaction } from "./redaction-queries";

interface MaskDialogProps {
  readonly capture: Pick<CaptureInfo, "id" | "name">;
  /** Goes along with the copy. */
  readonly investigationId?: string;
  /** Called with the copy on its way. */
  readonly onStarted?: () => void;
  readonly onClose: () => void;
}

/** Chooses what a copy does not show. The copy is made in the background, and followed on the first page. */
export function MaskDialog({
  capture,
  investigationId,
  onStarted = () => undefined,
  onClose,
}: MaskDialogProps) {
  const [name, setName] = useState(
    () => `Masked copy, ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`,
  );
  const [mask, setMask] = useState<readonly MaskKind[]>(MASK_ORDER);
  const start = useStartRedaction(capture.id, () => {
    onClose();
    onStarted();
  });
  const trimmed = name.trim();
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`Masked copy of ${visible(capture.name)}`}
      description="A new capture in which what you choose stands under other names: the same for the same value, and not to be traced back. Times, ports, verdicts and all numbers stay. Every value that is masked is looked for in the copy before you get it."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate({ name: trimmed, mask: [...mask], investigation: investigationId });
        }}
      >
        <fieldset className={styles.choices}>
          <legend className={fields.label}>What to mask</legend>
          {MASK_ORDER.map((kind) => (
            <label key={kind} className={styles.choice}>
              <input
                type="checkbox"
                checked={mask.includes(kind)}
                onChange={({ target }) =>
                  setMask(MASK_ORDER.filter((one) => (one === kind ? target.checked : mask.includes(one))))
                }
              />
              <span>
                {MASK_CHOICES[kind].label}
                {MASK_CHOICES[kind].says !== "" && (
                  <span className={styles.quiet}> {MASK_CHOICES[kind].says}</span>
                )}
              </span>
            </label>
          ))}
        </fieldset>
        <p className={styles.quiet}>
          What is masked in one place is masked wherever it stands as a word, in fields of other kinds too.
          {investigationId !== undefined &&
            " The investigation goes along: what it says is masked word by word, and a pin whose filter names something only in part is left out."}
        </p>
        <LineField label="Name of the copy" value={name} most={200} onChange={setName} />
        {start.error && (
          <p className={fields.problem} role="alert">
            {start.error.message} {start.error instanceof ApiError && start.error.hint}
          </p>
        )}
        <DialogButtons>
          <Button onClick={() => setMask(mask.length === 0 ? MASK_ORDER : [])}>
            {mask.length === 0 ? "Choose all" : "Choose none"}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            type="submit"
            disabled={trimmed === "" || mask.length === 0 || start.isPending}
          >
            Make the copy
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
