/** Addresses and CIDR ranges as filter values. */

import { formatAddress, parseAddress, parseCidr } from "./address";
import { parsed, refused, shown, type ValueForm, type ValueKind } from "./value-kind";

/** `address` in its one spelling (RFC 5952). */
export interface IpValue {
  readonly type: "ip";
  readonly version: 4 | 6;
  readonly address: string;
}

/** `network` has its host bits cleared. */
export interface CidrValue {
  readonly type: "cidr";
  readonly version: 4 | 6;
  readonly network: string;
  readonly bits: number;
}

export const addressKind: ValueKind<IpValue | CidrValue> = {
  describe: "an IPv4 or IPv6 address, or a CIDR range",
  words: [],
  forms: rangesAround,
  parse({ text }) {
    if (!text.includes("/")) {
      const address = parseAddress(text);
      if (address === undefined) return refusedAddress(text);
      return parsed({ type: "ip", version: address.version, address: formatAddress(address) });
    }
    const cidr = parseCidr(text);
    if (cidr === undefined) return refusedAddress(text);
    const { network, bits } = cidr;
    return parsed({ type: "cidr", version: network.version, network: formatAddress(network), bits });
  },
  format(value) {
    return { text: value.type === "ip" ? value.address : `${value.network}/${value.bits}` };
  },
};

/** The usual sizes of ranges in a cluster. */
const RANGE_BITS = { 4: [24, 16, 8], 6: [64, 48] } as const;

function rangesAround(typed: string): readonly ValueForm[] {
  const address = parseAddress(typed);
  const sizes = address === undefined ? [] : RANGE_BITS[address.version];
  return sizes.map((bits) => ({
    text: `${typed}/${bits}`,
    about: `all addresses with the same first ${bits} bits`,
  }));
}

function refusedAddress(text: string): ReturnType<typeof refused> {
  return refused(`\`${shown(text)}\` is not an IP address or CIDR range.`, {
    hint: "For example 10.244.1.60, 10.244.0.0/16 or fd00::/8.",
  });
}
