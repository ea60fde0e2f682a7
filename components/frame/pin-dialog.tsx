"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogButtons } from "@/components/ui/dialog";
import { Field, LineField, TextField } from "@/components/ui/field";
import fields from "@/components/ui/fields.module.css";
import { Link } from "@/components/ui/link";
import { visible } from "@/components/ui/text";
import type { Investigation, Pin } from "@/lib/investigations/investigation";
import { formatFilter } from "@/lib/scope/filter";
import { encodeLink, type Scope } from "@/lib/scope/link";
import { ApiError, getJson, sendJson } from "./api";
import { investigationKey, investigationPath, investigationsKey, useInvestigations } from "./investigations";
import { linkText } from "./link-change";
import { MOST_OF_A_NOTE, newPinId } from "./new-pin";
import type { ScopeHandle } from "./use-scope";
import { VIEWS } from "./views";

interface PinDialogProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  /** The capture's, which the pin holds on to unless the link names another one. */
  readonly revision: number;
  readonly onClose: () => void;
}

const NEW = "";

/** Pins what is on screen, with its scope and revision, to an investigation or to a new one. */
export function PinDialog({ captureId, scope, revision, onClose }: PinDialogProps) {
  const client = useQueryClient();
  const pathname = usePathname();
  const view = VIEWS.find(({ id }) => pathname.endsWith(`/${id}`));
  const known = useInvestigations(captureId).data ?? [];
  const [chosen, choose] = useState<string>();
  const target = chosen ?? known[0]?.id ?? NEW;
  const [caseTitle, setCaseTitle] = useState("");
  const [title, setTitle] = useState(() => proposedTitle(view?.label ?? "View", scope));
  const [note, setNote] = useState("");
  const save = useMutation({
    mutationFn: async () => {
      const pin: Pin = {
        id: newPinId(),
        view: view?.id ?? "flows",
        link: pinnedLink(scope, revision),
        title: title.trim(),
        note,
        pinnedAt: new Date().toISOString(),
      };
      if (target === NEW)
        return sendJson<Investigation>("POST", "/investigations", {
          captureId,
          title: caseTitle,
          pins: [pin],
        });
      const now = await getJson<Investigation>(investigationPath(target));
      const pins = [...now.pins, pin];
      return sendJson<Investigation>("PATCH", investigationPath(target), { edition: now.edition, pins });
    },
    onSuccess: (saved) => {
      client.setQueryData(investigationKey(saved.id), saved);
      void client.invalidateQueries({ queryKey: investigationsKey });
    },
  });
  if (save.data !== undefined) return <Pinned saved={save.data} onClose={onClose} />;
  const isReady = title.trim() !== "" && (target !== NEW || caseTitle.trim() !== "");
  return (
    <Dialog
      open
      onClose={onClose}
      title="Pin what is on screen"
      description="The pin shows the same rows later, whatever is added to the capture."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) save.mutate();
        }}
      >
        {known.length > 0 && (
          <Field label="Investigation">
            {(id) => (
              <select
                id={id}
                className={fields.input}
                value={target}
                onChange={(event) => choose(event.target.value)}
              >
                {known.map((one) => (
                  <option key={one.id} value={one.id}>
                    {visible(one.title)}
                  </option>
                ))}
                <option value={NEW}>A new one</option>
              </select>
            )}
          </Field>
        )}
        {target === NEW && (
          <LineField
            label="Title of the investigation"
            value={caseTitle}
            most={200}
            isFirst
            onChange={setCaseTitle}
          />
        )}
        <LineField label="What the pin shows" value={title} most={300} onChange={setTitle} />
        <TextField label="Note (Markdown)" value={note} most={MOST_OF_A_NOTE} rows={4} onChange={setNote} />
        {save.error && (
          <p className={fields.problem} role="alert">
            {save.error.message} {save.error instanceof ApiError && save.error.hint}
          </p>
        )}
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!isReady || save.isPending}>
            Pin
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

function Pinned({ saved, onClose }: { readonly saved: Investigation; readonly onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Pinned">
      <p>
        It is the last pin of{" "}
        <Link href={`/investigations/${encodeURIComponent(saved.id)}`}>{visible(saved.title)}</Link>.
      </p>
      <DialogButtons>
        <Button look="primary" autoFocus onClick={onClose}>
          Go on
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

function proposedTitle(view: string, { scope }: ScopeHandle): string {
  const filter = scope === undefined ? "" : formatFilter(scope.filter);
  return (filter === "" ? view : `${view}: ${filter}`).slice(0, 300);
}

function pinnedLink({ scope, view }: ScopeHandle, revision: number): string {
  if (scope === undefined) throw new Error("a link that cannot be read is not pinned");
  const pinned: Scope = { ...scope, revision: scope.revision ?? revision };
  return linkText(encodeLink(pinned, view));
}
