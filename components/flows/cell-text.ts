/** What "copy" puts on the clipboard for a cell: the value as the log has it, not as it is shortened on screen. */

import { formatInstant, type Zone } from "@/components/ui/clock";
import { parseTime } from "@/lib/base/time";
import type { FlowRow, Party } from "@/lib/questions/answers";
import type { ColumnId } from "./columns";
import { partyName } from "./party";
import { latencyText, layer7Text, serverPort } from "./row-text";
import { clientOf, serverOf } from "./value-terms";

export function cellText(column: ColumnId, row: FlowRow, zone: Zone): string {
  switch (column) {
    case "time": {
      const ns = row.time === null ? undefined : parseTime(row.time);
      return ns === undefined ? "unknown" : formatInstant(ns, zone);
    }
    case "node":
      return row.node ?? "unknown";
    case "verdict":
      return row.verdict;
    case "direction":
      return row.trafficDirection;
    case "client":
      return partyText(clientOf(row));
    case "server":
      return partyText(serverOf(row));
    case "port":
      return String(serverPort(row) ?? "unknown");
    case "protocol":
      return row.protocol ?? "unknown";
    case "type":
      return row.event ?? "unknown";
    case "reason":
      return row.dropReason ?? "unknown";
    case "policy":
      return [...(row.policies?.deniedBy ?? []), ...(row.policies?.allowedBy ?? [])].join(", ");
    case "l7":
      return layer7Text(row).text;
    case "source-ip":
      return row.source.ip ?? "unknown";
    case "destination-ip":
      return row.destination.ip ?? "unknown";
    case "flags":
      return row.tcpFlags.join(" ");
    case "events":
      return String(row.events);
    case "latency":
      return latencyText(row).text;
  }
}

function partyText(party: Party): string {
  const { namespace, name } = partyName(party);
  return namespace === undefined ? name : `${namespace}/${name}`;
}
