import { createHash, createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto";
import { HashHex } from "@tallygate/protocol";
import { z } from "zod";

/** An epoch as it stood when it was sealed: where its chain begins, and its last movement's sequence and hash. */
export const SealedEpoch = z.object({
  site: z.string(),
  epoch: z.string(),
  start: HashHex,
  seq: z.int().min(0),
  hash: HashHex,
});
export type SealedEpoch = z.infer<typeof SealedEpoch>;

/**
 * What the ledger was at a moment, signed. It names the epochs that had moved since they were last sealed; each seal carries the hash
 * of the one before, so that all seals together name every epoch and none of them can be exchanged.
 */
export const Seal = z.object({
  v: z.literal(1),
  number: z.int().min(1),
  sealed_at: z.iso.datetime(),
  previous: HashHex.meta({ description: "The hash of the seal before; zeros in the first one." }),
  epochs: z.array(SealedEpoch),
  hash: HashHex,
  key_id: z.string().regex(/^[0-9a-f]{16}$/),
  signature: z.string().meta({ description: "Ed25519 over the hash, base64url." }),
});
export type Seal = z.infer<typeof Seal>;

/** An Ed25519 public key as RFC 8037 writes it. */
export const SealKey = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  kid: z.string().regex(/^[0-9a-f]{16}$/),
});
export type SealKey = z.infer<typeof SealKey>;

/** The hash before the first seal. */
export const noSeal = "0".repeat(64);

/** The hash of a seal: SHA-256 over the hash before it and its own fields in a fixed order. */
export function hashSeal({
  v,
  number,
  sealed_at,
  previous,
  epochs,
}: Omit<Seal, "hash" | "key_id" | "signature">): string {
  const listed = epochs.map(({ site, epoch, start, seq, hash }) => [site, epoch, start, seq, hash]);
  return hash("sha256", previous + JSON.stringify([v, number, sealed_at, listed]), "hex");
}

export function signSeal(seal: Omit<Seal, "hash" | "key_id" | "signature">, privateKey: KeyObject): Seal {
  const hashed = hashSeal(seal);
  const key_id = publicKeyOf(privateKey).kid;
  return { ...seal, hash: hashed, key_id, signature: sign(null, signed(hashed), privateKey).toString("base64url") };
}

/** What is wrong with a seal by itself; undefined: it is what the key's owner signed. */
export function checkSeal(seal: Seal, key: SealKey): string | undefined {
  if (seal.hash !== hashSeal(seal)) return "what it says does not give its hash";
  if (seal.key_id !== key.kid || key.kid !== keyId(key.x))
    return `it was signed with the key ${seal.key_id}, which this is not`;
  const publicKey = createPublicKey({ key: { kty: key.kty, crv: key.crv, x: key.x }, format: "jwk" });
  const right = verify(null, signed(seal.hash), publicKey, Buffer.from(seal.signature, "base64url"));
  return right ? undefined : "its signature is not of this key";
}

/** The public half of a private key, with the name that seals call it by. */
export function publicKeyOf(privateKey: KeyObject): SealKey {
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  return SealKey.parse({ kty: "OKP", crv: "Ed25519", x, kid: keyId(x ?? "") });
}

function keyId(x: string): string {
  return createHash("sha256").update(x).digest("hex").slice(0, 16);
}

/** A key of ours signs nothing else that could be taken for a seal. */
function signed(hashed: string): Buffer {
  return Buffer.from(`tallygate seal ${hashed}`);
}
