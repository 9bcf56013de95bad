import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { z } from "zod";

/** Cost of a new hash: 16 MB and about 50 ms (RFC 7914). */
const cost = { N: 16_384, r: 8, p: 1 } as const;
const keyBytes = 32;
const memoryMax = 64 * 1024 * 1024;

const form = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]{4,128})\$([A-Za-z0-9_-]{22,128})$/;

/** A password as it stands in the configuration: `scrypt$N$r$p$salt$hash`, salt and hash in base64url. */
export const ScryptHash = z
  .string()
  .refine(text => parseHash(text) !== undefined, "is no hash; make one with: npm run edge -- hash-password")
  .meta({ description: "scrypt$N$r$p$salt$hash, as `hash-password` prints it." });

interface ParsedHash {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** The hash to put into the configuration for a password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const { N, r, p } = cost;
  const key = await derive(password, { ...cost, salt, key: Buffer.alloc(keyBytes) });
  return ["scrypt", N, r, p, salt.toString("base64url"), key.toString("base64url")].join("$");
}

/** Whether the password is the one that was hashed. Takes as long when it is not. */
export async function verifyPassword(password: Uint8Array | string, hash: string): Promise<boolean> {
  const parsed = parseHash(hash);
  if (parsed === undefined) return false;
  return timingSafeEqual(await derive(password, parsed), parsed.key);
}

function parseHash(text: string): ParsedHash | undefined {
  const [, n, rText, pText, salt, key] = form.exec(text) ?? [];
  if (salt === undefined || key === undefined) return undefined;
  const [N, r, p] = [Number(n), Number(rText), Number(pText)];
  const powerOfTwo = N >= 2 && (N & (N - 1)) === 0;
  if (!powerOfTwo || r < 1 || p < 1 || 128 * N * r > memoryMax) return undefined;
  return { N, r, p, salt: Buffer.from(salt, "base64url"), key: Buffer.from(key, "base64url") };
}

function derive(password: Uint8Array | string, { N, r, p, salt, key }: ParsedHash): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, key.length, { N, r, p, maxmem: 2 * memoryMax }, (error, derived) =>
      error === null ? resolve(derived) : reject(error),
    );
  });
}
