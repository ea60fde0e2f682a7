/**
 * A passphrase as it is kept: derived with scrypt and a salt of its own, so that whoever reads the catalogue would
 * have to guess it, and pay for every guess.
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";

/** 32 MiB and some tens of milliseconds for each guess. */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const KEY_BYTES = 32;

/** `scrypt$N$r$p$salt$key`: the costs stand with it, so that they can be raised later. */
export async function hashPassphrase(passphrase: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(passphrase, salt, COST);
  const { N, r, p } = COST;
  return ["scrypt", N, r, p, salt.toString("base64url"), key.toString("base64url")].join("$");
}

/** False for what was not written by {@link hashPassphrase} as well. */
export async function isPassphrase(given: string, kept: string): Promise<boolean> {
  const match = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]+)\$([\w-]{43})$/.exec(kept);
  if (match === null) return false;
  const [, N, r, p, salt = "", key = ""] = match;
  const costs = { N: Number(N), r: Number(r), p: Number(p) };
  return timingSafeEqual(
    await derive(given, Buffer.from(salt, "base64url"), costs),
    Buffer.from(key, "base64url"),
  );
}

/** What was typed with another keyboard is the same text. */
function derive(
  passphrase: string,
  salt: Buffer,
  costs: typeof COST | Required<Pick<ScryptOptions, "N" | "r" | "p">>,
) {
  const options = { ...costs, maxmem: 256 * costs.N * costs.r };
  return new Promise<Buffer>((resolve, reject) =>
    scrypt(passphrase.normalize("NFKC"), salt, KEY_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    ),
  );
}
