"use client";

import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { Sentence } from "@/components/ui/sentence";
import { visible } from "@/components/ui/text";
import type { LinkProblem } from "@/lib/scope/link";
import { joinTexts } from "./chips";
import styles from "./filter-messages.module.css";
import type { ScopeHandle } from "./use-scope";

interface FilterMessagesProps {
  readonly scope: ScopeHandle;
  readonly notes: readonly { readonly text: string }[];
  /** What the notes are about; said without any, too. */
  readonly lead: string | undefined;
  readonly refusal: { readonly message: string; readonly hint?: string } | undefined;
  readonly onText: (text: string) => void;
  readonly onDismiss: () => void;
}

/** What is wrong with the link or with a pasted command, and what can be done about it. */
export function FilterMessages({ scope, notes, lead, refusal, onText, onDismiss }: FilterMessagesProps) {
  const isSaid = notes.length > 0 || lead !== undefined;
  if (scope.problems.length === 0 && !isSaid && refusal === undefined) return null;
  return (
    <div className={styles.messages}>
      {scope.problems.map((problem) =>
        problem.parameter === "q" && problem.position !== undefined ? (
          <FilterProblem key="q" q={scope.q} problem={problem} onText={onText} />
        ) : (
          <Banner
            key={`${problem.parameter} ${problem.code}`}
            tone="bad"
            role="alert"
            actions={
              <Button small onClick={() => scope.dropParameter(problem.parameter)}>
                Remove it from the link
              </Button>
            }
          >
            <Sentence text={`${problem.message} ${problem.hint ?? ""}`} />
          </Banner>
        ),
      )}
      {refusal !== undefined && (
        <Banner tone="bad" role="alert" onClose={onDismiss}>
          <Sentence text={`${refusal.message} ${refusal.hint ?? ""}`} />
        </Banner>
      )}
      {isSaid && (
        <Banner tone={notes.length > 0 ? "warn" : "info"} role="status" onClose={onDismiss}>
          <p>{lead ?? "It was taken over, with a difference:"}</p>
          {notes.length > 0 && (
            <ul className={styles.notes}>
              {notes.map((note) => (
                <li key={note.text}>
                  <Sentence text={note.text} />
                </li>
              ))}
            </ul>
          )}
        </Banner>
      )}
    </div>
  );
}

interface FilterProblemProps {
  readonly q: string;
  readonly problem: LinkProblem;
  readonly onText: (text: string) => void;
}

/** The filter with its bad part marked, and the nearest thing that would work. */
function FilterProblem({ q, problem, onText }: FilterProblemProps) {
  const { start, end } = problem.position ?? { start: 0, end: q.length };
  const { suggestion } = problem;
  return (
    <Banner
      tone="bad"
      role="alert"
      actions={
        suggestion !== undefined && (
          <Button small onClick={() => onText(joinTexts(q.slice(0, start) + suggestion + q.slice(end)))}>
            Use {visible(suggestion)}
          </Button>
        )
      }
    >
      <p>
        <Sentence text={`${problem.message} ${problem.hint ?? ""}`} />
      </p>
      <code className={styles.quoted}>
        {visible(q.slice(Math.max(0, start - 60), start))}
        <mark className={styles.mark}>{visible(q.slice(start, end)) || "\u2038"}</mark>
        {visible(q.slice(end, end + 60))}
      </code>
    </Banner>
  );
}
