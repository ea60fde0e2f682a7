"use client";

import { Download } from "lucide-react";
import { useId } from "react";
import { apiUrl, capturePath } from "@/components/frame/api";
import { revisionParams } from "@/components/frame/queries";
import { useScope } from "@/components/frame/use-scope";
import { Banner } from "@/components/ui/banner";
import { linkButton } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { formatBytes, formatCount } from "@/components/ui/format";
import { layOutJson } from "@/components/ui/pretty-json";
import { ScrollText } from "@/components/ui/scroll";
import { Switch } from "@/components/ui/switch";
import { visible } from "@/components/ui/text";
import { type Preference, useStored } from "@/components/ui/use-stored";
import type { FlowDetailAnswer } from "@/lib/questions/answers";
import { CopyObserve } from "./copy-observe";
import styles from "./raw-record.module.css";

const LAID_OUT: Preference<boolean> = {
  name: "raw-laid-out",
  fallback: false,
  read: (stored) => (typeof stored === "boolean" ? stored : undefined),
};

interface RawRecordProps {
  readonly captureId: string;
  readonly flowId: string;
  readonly raw: FlowDetailAnswer["raw"];
  readonly row: FlowDetailAnswer["row"];
}

/** The record exactly as it was received, and where it stood. */
export function RawRecord({ captureId, flowId, raw, row }: RawRecordProps) {
  const id = useId();
  const revision = useScope().scope?.revision;
  const [isLaidOut, setLaidOut] = useStored(LAID_OUT);
  const laidOut = isLaidOut ? layOutJson(raw.text) : undefined;
  return (
    <section className={styles.raw} aria-labelledby={id}>
      <div className={styles.head}>
        <h3 id={id}>Record as received</h3>
        <Switch label="Pretty-print" checked={isLaidOut} onChange={setLaidOut} />
      </div>
      <p className={styles.place}>
        <bdi>{visible(raw.file)}</bdi>, line {formatCount(raw.line)}{" "}
        <span className={styles.quiet}>
          ({formatBytes(raw.bytes)}, {raw.format})
        </span>
      </p>
      {raw.lossy && (
        <Banner tone="warn">
          This record was printed for people ({raw.format}) and holds less than Hubble knew: no labels, no
          addresses of named sides, no direction. Export with <code>-o json</code> to have all of it.
        </Banner>
      )}
      {!raw.exact && (
        <Banner tone="warn">
          What stands here is not the whole truth: the record is too long to show, or its bytes are no valid
          text. Download the bytes to have them exactly.
        </Banner>
      )}
      <ScrollText className={styles.text}>{laidOut ?? raw.text}</ScrollText>
      <div className={styles.buttons}>
        <CopyButton text={raw.text} what="the record" caption="Copy the record" />
        <a
          className={linkButton("plain", true)}
          href={apiUrl(
            capturePath(captureId, `/flows/${encodeURIComponent(flowId)}/raw`),
            revisionParams(revision),
          )}
          download={`${flowId}.json`}
        >
          <Download size={13} aria-hidden />
          Download the bytes
        </a>
        <CopyObserve row={row} />
      </div>
    </section>
  );
}
