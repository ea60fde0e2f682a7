"use client";

import { useEffect, useState } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { ScrollText } from "@/components/ui/scroll";
import styles from "./collect-hints.module.css";

interface Hint {
  readonly title: string;
  readonly about: string;
  readonly command: string;
}

/** Paths: Helm default of Cilium's exporter; node path of Azure's container network logs. */
const HINTS: readonly Hint[] = [
  {
    title: "What Hubble holds now",
    about: "The newest flows of all nodes through Hubble Relay, read straight into a new capture.",
    command: "hubble observe -o json --all --follow=false | eyepiece ingest -",
  },
  {
    title: "The exporter's files of all nodes (Cilium)",
    about: "One file for each node. Needs the exporter to be switched on; rotated files are included.",
    command: [
      "for pod in $(kubectl -n kube-system get pods -l k8s-app=cilium -o name); do",
      '  kubectl -n kube-system exec "$pod" -c cilium-agent -- \\',
      '    sh -c \'cat /var/run/cilium/hubble/events*.log\' > "$(basename "$pod").log"',
      "done",
    ].join("\n"),
  },
  {
    title: "Container network logs of all nodes (Azure ACNS)",
    about: "Through a debug pod on each node. Remove the debug pods afterwards.",
    command: [
      "for node in $(kubectl get nodes -o name); do",
      '  kubectl debug "$node" --image=busybox --profile=sysadmin -q -i -- \\',
      '    sh -c \'cat /host/var/log/acns/hubble/events*.log\' > "$(basename "$node").log"',
      "done",
    ].join("\n"),
  },
];

/** How to get logs out of a cluster. Open when there is no capture yet, else folded away. */
export function CollectHints({ isOpen }: { readonly isOpen: boolean }) {
  const [isUnfolded, setUnfolded] = useState(isOpen);
  useEffect(() => {
    if (isOpen) setUnfolded(true);
  }, [isOpen]);
  return (
    <details
      className={styles.hints}
      open={isUnfolded}
      onToggle={(event) => setUnfolded(event.currentTarget.open)}
    >
      <summary className={styles.summary}>
        <h2>Collect logs from a cluster</h2>
      </summary>
      <ul className={styles.list}>
        {HINTS.map(({ title, about, command }) => (
          <li key={title} className={styles.hint}>
            <div className={styles.head}>
              <h3>{title}</h3>
              <CopyButton text={command} what={`the command: ${title}`} />
            </div>
            <p className={styles.about}>{about}</p>
            <ScrollText className={styles.command}>{command}</ScrollText>
          </li>
        ))}
      </ul>
    </details>
  );
}
