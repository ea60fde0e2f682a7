/** Messages of ICMP: which ask, which answer, and what they are called (RFC 792, RFC 4443, RFC 4861). */

export interface Icmp {
  readonly family: "IPv4" | "IPv6";
  /** Those that were dropped, in order. */
  readonly types: readonly number[];
}

const NAMES: Readonly<Record<Icmp["family"], Readonly<Record<number, string>>>> = {
  IPv4: {
    0: "echo reply",
    3: "destination unreachable",
    5: "redirect",
    8: "echo request",
    11: "time exceeded",
    12: "parameter problem",
    13: "timestamp",
    14: "timestamp reply",
  },
  IPv6: {
    1: "destination unreachable",
    2: "packet too big",
    3: "time exceeded",
    4: "parameter problem",
    128: "echo request",
    129: "echo reply",
    133: "router solicitation",
    134: "router advertisement",
    135: "neighbour solicitation",
    136: "neighbour advertisement",
    143: "multicast listener report",
  },
};

/** They answer a message of another type, which the datapath remembers: where it does, they need no rule. */
const ANSWERS: Readonly<Record<Icmp["family"], readonly number[]>> = { IPv4: [0, 14], IPv6: [129] };

export function isIcmpAnswer(family: Icmp["family"], type: number): boolean {
  return ANSWERS[family].includes(type);
}

const ROUTER_SOLICITATION = 133;

/** Nothing but questions for IPv6 routers. */
export function isSolicitation({ family, types }: Icmp): boolean {
  return family === "IPv6" && types.length > 0 && types.every((type) => type === ROUTER_SOLICITATION);
}

/** `echo request`, `type 42`; more than three are counted. */
export function icmpText({ family, types }: Icmp): string {
  if (types.length > 3) return `${types.length} types`;
  return types.map((type) => NAMES[family][type] ?? `type ${type}`).join(", ");
}
