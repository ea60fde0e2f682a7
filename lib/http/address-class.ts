/**
 * What a log of accesses says of an address: its class and its network. Enough to tell the own office from elsewhere,
 * too little to name a person.
 */
import { BlockList, isIP } from "node:net";
import { addressKey } from "./attempts";

function listOf(subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, net.includes(":") ? "ipv6" : "ipv4");
  return list;
}

const LOOPBACK = listOf([
  ["127.0.0.0", 8],
  ["::1", 128],
]);
const PRIVATE = listOf([
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["169.254.0.0", 16],
  ["fc00::", 7],
  ["fe80::", 10],
]);

/** `this machine`, `private network 10.1.2.0/24`, `internet 203.0.113.0/24`, or `unknown`. */
export function addressClass(address: string): string {
  const plain = (/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address).replace(/%.*$/, "");
  const version = isIP(plain);
  if (version === 0) return "unknown";
  const family = version === 4 ? "ipv4" : "ipv6";
  if (LOOPBACK.check(plain, family)) return "this machine";
  const network = version === 4 ? plain.replace(/\.\d+$/, ".0/24") : addressKey(plain);
  return `${PRIVATE.check(plain, family) ? "private network" : "internet"} ${network}`;
}
