/**
 * Which DNS answer a connection followed: of those that its client had got before with the server's address.
 *
 * The newest, unless that had expired by then and another had not: a rule that knows addresses by name (toFQDNs) would
 * still have let the connection pass for the other's sake.
 */

/** An answer with the address. */
export interface AddressAnswer {
  readonly id: number;
  readonly answeredNs: bigint;
  /** null: the answer did not say. */
  readonly ttlSeconds: number | null;
}

export interface FollowedAnswer {
  readonly id: number;
  readonly ageNs: bigint;
  /** Older than its time to live. null: the answer did not say. */
  readonly isExpired: boolean | null;
}

/** Answers that one client got with one address, in the order of time. What is held does not grow. */
export class KnownAddress {
  private newest: AddressAnswer | undefined;
  /** The one that lasts longest. */
  private longest: AddressAnswer | undefined;

  add(answer: AddressAnswer): void {
    this.newest = answer;
    if (answer.ttlSeconds === null) return;
    if (this.longest === undefined || endOf(answer) >= endOf(this.longest)) this.longest = answer;
  }

  /** At a moment that no added answer lies behind; undefined: there was no answer. */
  followedAt(ns: bigint): FollowedAnswer | undefined {
    const { newest, longest } = this;
    if (newest === undefined) return undefined;
    const followed = judge(newest, ns);
    if (followed.isExpired !== true || longest === undefined) return followed;
    const lasting = judge(longest, ns);
    return lasting.isExpired === false ? lasting : followed;
  }
}

function endOf({ answeredNs, ttlSeconds }: AddressAnswer): bigint {
  return answeredNs + BigInt(ttlSeconds ?? 0) * 1_000_000_000n;
}

function judge(answer: AddressAnswer, ns: bigint): FollowedAnswer {
  return {
    id: answer.id,
    ageNs: ns - answer.answeredNs,
    isExpired: answer.ttlSeconds === null ? null : ns > endOf(answer),
  };
}
