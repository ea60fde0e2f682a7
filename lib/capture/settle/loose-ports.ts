/** Ports that a filter cannot find by pairs alone: whatever stands in a flow beside the server's port of its pair. */

import { type FlowColumns, NO_PORT } from "./flow-columns";
import type { PairView } from "./pair-view";

const PORTS = 2 ** 16;

export class LoosePorts {
  private readonly seen = new Uint8Array(PORTS);
  /** Logs can hold any number. */
  private readonly larger = new Set<number>();

  add({ at }: FlowColumns, row: number, pairs: PairView): void {
    const pair = at.pair[row] as number;
    const [source, destination] = [at.sourcePort[row] as number, at.destinationPort[row] as number];
    const side = pairs.sideOf(pair);
    const serverPort = pairs.serverPortOf(pair);
    if (side !== 2 || source !== serverPort) this.see(source);
    if (side !== 1 || destination !== serverPort) this.see(destination);
    // A pair says more than its flow: found by the pair, the flow would be one too many.
    if (side !== 0 && serverPort !== (side === 1 ? destination : source)) this.see(serverPort);
  }

  private see(port: number): void {
    if (port === NO_PORT) return;
    if (port < PORTS) this.seen[port] = 1;
    else this.larger.add(port);
  }

  list(): number[] {
    const ports: number[] = [];
    this.seen.forEach((isSeen, port) => {
      if (isSeen === 1) ports.push(port);
    });
    return [...ports, ...this.larger];
  }
}
