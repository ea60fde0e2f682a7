"use client";

import { useScope } from "@/components/frame/use-scope";
import { Choice } from "@/components/ui/choice";
import { Empty } from "@/components/ui/empty";
import shared from "@/components/ui/view.module.css";
import { Balance } from "./balance";
import { Connections } from "./connections";
import { Services } from "./services";
import { Traffic } from "./traffic";

const PARTS = ["balance", "traffic", "connections", "services"] as const;
type Part = (typeof PARTS)[number];
const PART_LABELS: Readonly<Record<Part, string>> = {
  balance: "Balance of pods",
  traffic: "Traffic",
  connections: "TCP connections",
  services: "Services",
};

/**
 * Workloads of the scope: how evenly their pods are loaded and why, who sends and receives how much, how TCP connections
 * fare, and what stands behind services. Each part says by itself when it is empty, loading or failed.
 */
export function WorkloadsView({ captureId }: { readonly captureId: string }) {
  const handle = useScope();
  const { scope } = handle;
  if (scope === undefined)
    return (
      <Empty title="No workloads: this link cannot be read." role="status">
        What is wrong stands above.
      </Empty>
    );
  const part = PARTS.find((word) => word === handle.view.part) ?? "balance";
  const given = { captureId, handle, scope };
  return (
    <div className={shared.view}>
      <div className={shared.main}>
        <div className={shared.bar}>
          <h1 className={shared.count}>{PART_LABELS[part]}</h1>
          <Choice
            legend="Part of the view"
            words={PARTS}
            chosen={part}
            labelOf={(word) => PART_LABELS[word]}
            onChoose={(word) => handle.setView({ ...NOTHING, part: word === "balance" ? null : word })}
          />
        </div>
        {part === "balance" && <Balance {...given} />}
        {part === "traffic" && <Traffic {...given} />}
        {part === "connections" && <Connections {...given} />}
        {part === "services" && <Services {...given} />}
      </div>
    </div>
  );
}

/** What belongs to one part means nothing in another. */
const NOTHING = { by: null, level: null, measure: null, layout: null, open: null } as const;
