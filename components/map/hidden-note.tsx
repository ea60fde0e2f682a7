"use client";

import { useQueries } from "@tanstack/react-query";
import { capturePath, getJson } from "@/components/frame/api";
import { flowsAddress } from "@/components/frame/flows-address";
import { readKey } from "@/components/frame/queries";
import { formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { visible } from "@/components/ui/text";
import type { SummaryAnswer } from "@/lib/questions/answers";
import { formatTerm, type Term } from "@/lib/scope/filter";
import { encodeScope, type Scope } from "@/lib/scope/link";
import { type Hide, hiddenScopes } from "@/lib/scope/map-hide";
import type { Noise } from "@/lib/scope/map-noise";
import { NOISE_LABELS } from "./words";

interface HiddenNoteProps {
  readonly captureId: string;
  /** With what is hidden. */
  readonly scope: Scope;
  readonly hide: Hide;
}

/** How many events are hidden, term by term; one that two terms find counts at the first. */
export function HiddenNote({ captureId, scope, hide }: HiddenNoteProps) {
  const hidden = hiddenScopes(scope, hide);
  const answers = useQueries({
    queries: hidden.map(({ scope: own }) => {
      const query = encodeScope(own).toString();
      return {
        queryKey: [...readKey(captureId), "summary", query],
        queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
          getJson<SummaryAnswer>(capturePath(captureId, "/summary"), {
            params: new URLSearchParams(query),
            signal,
          }),
      };
    }),
  });
  const counted = hidden.map((part, at) => ({ ...part, events: answers[at]?.data?.events }));
  const found = counted.filter(({ events }) => events !== 0);
  if (found.length === 0) return "Hidden: nothing, there is none of it in this scope.";
  return (
    <>
      Hidden:{" "}
      {found.map(({ noise, term, scope: own, events }, at) => (
        <span key={formatTerm(term)}>
          {at > 0 && ", "}
          {events === undefined ? (
            "counting …"
          ) : (
            <Link href={flowsAddress(captureId, own)}>{formatQuantity(events, "event")}</Link>
          )}{" "}
          {hiddenLabel(noise, term)}
        </span>
      ))}
      .
    </>
  );
}

function hiddenLabel(noise: Noise | undefined, term: Term): string {
  if (noise === undefined) return `found by ${visible(formatTerm(term))}`;
  const end = term.key === "client" || term.key === "server" ? `, as ${term.key}` : "";
  return `of ${NOISE_LABELS[noise]}${end}`;
}
