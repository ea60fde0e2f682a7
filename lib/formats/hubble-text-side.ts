/** The two sides of a flow as `hubble observe` prints them: `ns/pod:port`, service, DNS names, address, with an identity. */

import { isIP } from "node:net";
import { RESERVED_IDENTITY } from "@/lib/flow/enums";
import type { JsonObject } from "./proto-json";

export interface Side {
  readonly host: string;
  /** "none" where the record did not know it; undefined where the format does not print identities. */
  readonly identity: number | "none" | undefined;
}

const RESERVED: ReadonlyMap<string, number> = new Map([...RESERVED_IDENTITY].map(([id, name]) => [name, id]));

/** `ID:12345`, `world`; undefined when it is neither. */
export function identityOf(text: string): number | "none" | undefined {
  const number = /^ID:(\d{1,10})$/.exec(text);
  if (number !== null) return Number(number[1]);
  const reserved = RESERVED.get(text);
  // 0 is "unknown": also what a record without an identity prints.
  return reserved === 0 ? "none" : reserved;
}

interface Host {
  readonly ip?: string;
  readonly mac?: string;
  readonly namespace?: string;
  readonly pod?: string;
  readonly service?: string;
  readonly names?: readonly string[];
  readonly port?: number;
}

export interface Ports {
  readonly source: number | undefined;
  readonly destination: number | undefined;
}

/** Members of a flow message that the two sides say. */
export function sidesOf(
  source: Side,
  destination: Side,
): { readonly message: JsonObject; readonly ports: Ports } {
  const [from, to] = [readHost(source), readHost(destination)];
  const hasMac = from.mac !== undefined || to.mac !== undefined;
  const hasIp = from.ip !== undefined || to.ip !== undefined;
  return {
    ports: { source: from.port, destination: to.port },
    message: {
      IP: hasIp ? { source: from.ip, destination: to.ip, ipVersion: versionOf(from.ip ?? to.ip) } : undefined,
      ethernet: hasMac ? { source: from.mac, destination: to.mac } : undefined,
      source: endpointOf(from, source),
      destination: endpointOf(to, destination),
      source_names: from.names,
      destination_names: to.names,
      source_service: serviceOf(from),
      destination_service: serviceOf(to),
    },
  };
}

function versionOf(ip: string | undefined): string | undefined {
  if (ip === undefined) return undefined;
  return isIP(ip) === 4 ? "IPv4" : "IPv6";
}

function endpointOf({ namespace, pod }: Host, { identity }: Side): JsonObject {
  return { identity: identity === "none" ? undefined : identity, namespace, pod_name: pod };
}

function serviceOf({ namespace, service }: Host): JsonObject | undefined {
  return service === undefined ? undefined : { name: service, namespace };
}

function readHost({ host, identity }: Side): Host {
  if (host === "") return {};
  if (/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i.test(host)) return { mac: host };
  if (isIP(host) !== 0) return { ip: host };
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(host);
  if (bracketed !== null) return { ...readName(bracketed[1] ?? "", identity), ...portOf(bracketed[2]) };
  const parts = /^(.*):(\d{1,5})$/.exec(host);
  if (parts === null) return readName(host, identity);
  return { ...readName(parts[1] ?? "", identity), ...portOf(parts[2]) };
}

function portOf(digits: string | undefined): Host {
  const port = Number(digits);
  return digits !== undefined && port <= 65_535 ? { port } : {};
}

function readName(name: string, identity: Side["identity"]): Host {
  if (isIP(name) !== 0) return { ip: name };
  const slash = name.indexOf("/");
  if (slash >= 0) {
    const [namespace, own] = [name.slice(0, slash), name.slice(slash + 1)];
    return isService(identity) ? { namespace, service: own } : { namespace, pod: own };
  }
  if (!name.includes(".") && !name.includes(",") && typeof identity === "number" && !isWorld(identity))
    return { pod: name };
  return { names: name.split(",") };
}

/** Pods have identities of their own, or that of an endpoint of the node (health, init, unmanaged). */
function isService(identity: Side["identity"]): boolean {
  if (identity === undefined) return false;
  return identity === "none" || (RESERVED_IDENTITY.has(identity) && !ENDPOINTS.has(identity));
}

const ENDPOINTS: ReadonlySet<number> = new Set([3, 4, 5, 8]);

function isWorld(identity: number): boolean {
  return identity === 2 || identity === 9 || identity === 10 || (identity >= 2 ** 24 && identity < 2 ** 26);
}
