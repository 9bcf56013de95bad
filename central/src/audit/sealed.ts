import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { z } from "zod";
import {
  findUnsealable,
  insertKey,
  insertSeal,
  lockSeals,
  readKey,
  readKeys,
  readLastSeal,
  readSeal,
  readUnsealed,
  type SealRow,
} from "../db/audit/seals.ts";
import type { Client, Executor } from "../db/pool.ts";
import type { Fault } from "./fault.ts";
import { auditLimits } from "./limits.ts";
import { checkSeal, noSeal, publicKeyOf, Seal, SealedEpoch, type SealKey, signSeal } from "./seal.ts";

/** Seals the ledger as it is, in the transaction of `client`. */
export async function makeSeal(client: Client, now: () => number = Date.now): Promise<Seal> {
  await lockSeals(client);
  const key = await ownKey(client);
  const last = await readLastSeal(client);
  const epochs = await readUnsealed(client, auditLimits.sealEpochsMax);
  const seal = signSeal(
    {
      v: 1,
      number: (last?.number ?? 0) + 1,
      sealed_at: new Date(now()).toISOString(),
      previous: last?.hash ?? noSeal,
      epochs: epochs.map(({ id: _, ...epoch }) => epoch),
    },
    key,
  );
  await insertSeal(client, seal, epochs);
  return seal;
}

/** The newest private key in the database; made when there is none. The caller holds the lock of the seals. */
async function ownKey(client: Client): Promise<KeyObject> {
  const known = (await readKeys(client)).find(key => key.private_key !== null);
  if (known?.private_key !== undefined && known.private_key !== null) return createPrivateKey(known.private_key);
  const { privateKey } = generateKeyPairSync("ed25519");
  const { kid, x } = publicKeyOf(privateKey);
  await insertKey(client, {
    key_id: kid,
    x,
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  });
  return privateKey;
}

/** Every public key that seals were signed with, the newest first; makes the first one when there is none. */
export async function publicKeys(client: Client): Promise<readonly SealKey[]> {
  await lockSeals(client);
  await ownKey(client);
  return (await readKeys(client)).map(keyOf);
}

function keyOf({ key_id: kid, x }: { readonly key_id: string; readonly x: string }): SealKey {
  return { kty: "OKP", crv: "Ed25519", x, kid };
}

/** A row as the seal that was signed; undefined when it can be none. */
export function sealOf(row: SealRow): Seal | undefined {
  const { number, sealed_at, previous, hash, key_id, signature } = row;
  const epochs = z.array(SealedEpoch).safeParse(row.epochs);
  const seal = Seal.safeParse({ v: 1, number, sealed_at, previous, epochs: epochs.data, hash, key_id, signature });
  return seal.data;
}

/**
 * Whether a seal is what was signed, follows the one before, and is still true of the ledger. Undefined when there is no such seal
 * and none behind it.
 */
export async function checkSealAt(
  db: Executor,
  number: number,
): Promise<{ readonly fault: Fault | undefined } | undefined> {
  const row = await readSeal(db, number);
  if (row === undefined) {
    const last = await readLastSeal(db);
    return last === undefined || last.number < number ? undefined : { fault: fault(`the seal ${number} is gone`) };
  }
  const seal = sealOf(row);
  if (seal === undefined) return { fault: fault(`the seal ${number} has not the form of one`) };
  const wrong = await wrongWith(db, seal);
  if (wrong !== undefined) return { fault: fault(`of the seal ${number}: ${wrong}`) };
  const broken = await findUnsealable(db, seal.epochs);
  if (broken === undefined) return { fault: undefined };
  const { site, epoch, seq, hash } = broken;
  const detail = `the seal ${number} has another hash for it than the ledger, which has ${hash ?? "no such row"}`;
  return { fault: { kind: "seal", site, epoch, seq, detail } };
}

async function wrongWith(db: Executor, seal: Seal): Promise<string | undefined> {
  const key = await readKey(db, seal.key_id);
  if (key === undefined) return `its key ${seal.key_id} is not known here`;
  const previous = seal.number === 1 ? noSeal : (await readSeal(db, seal.number - 1))?.hash;
  if (previous !== undefined && previous !== seal.previous) return "it does not follow the seal before it";
  return checkSeal(seal, keyOf(key));
}

function fault(detail: string): Fault {
  return { kind: "seal", site: null, epoch: null, seq: null, detail };
}
