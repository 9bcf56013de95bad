import { hash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** A secret that is made here, of 256 bits. The prefix lets scanners of source code find one that was left there. */
export function newSecret(): string {
  return `tgs_${randomBytes(32).toString("base64url")}`;
}

/** What is kept of a secret of 256 bits: nobody finds it by trying, so a quick hash will do. */
export function secretCredential(secret: string): string {
  return `sha256$${hash("sha256", secret, "base64url")}`;
}

export function isSecretOf(credential: string, secret: string): boolean {
  return isEqual(credential, secretCredential(secret));
}

/** A password that is made here: 120 bits in groups that can be read out and typed. */
export function newPassword(): string {
  const letters = "abcdefghjkmnpqrstuvwxyz023456789";
  const text = Array.from(randomBytes(24), byte => letters[byte % letters.length]).join("");
  return (text.match(/.{6}/g) ?? []).join("-");
}

/** The cost of a password: 2^15 blocks of 1 KiB, three times over; 32 MiB of memory. OWASP's list has it among the equal ones. */
const cost = { N: 2 ** 15, r: 8, p: 3 } as const;
const keyBytes = 32;
const memoryMax = 128 * 1024 * 1024;

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/** Nobody finds a password of 120 bits by trying, whatever a try costs: so one that was made here costs little to keep. */
const madeCost = { ...cost, N: 2 ** 10, p: 1 } as const;

/** What is kept of a password: `scrypt$N$r$p$salt$key`, so that a later cost can stand beside this one. */
export async function passwordCredential(password: string, { isMade }: { readonly isMade: boolean }): Promise<string> {
  const salt = randomBytes(16);
  const { N, r, p } = isMade ? madeCost : cost;
  const key = await derive(password.normalize("NFKC"), salt, keyBytes, { N, r, p, maxmem: memoryMax });
  return ["scrypt", N, r, p, salt.toString("base64url"), key.toString("base64url")].join("$");
}

/** Against which passwords of unknown names are held, so that they take as long as those of known ones. */
const nobody = ["scrypt", cost.N, cost.r, cost.p, "A".repeat(22), "A".repeat(43)].join("$");

/** Whether a password is the one. Every try takes as long, whether there is a credential, and whatever it costs. */
export async function isPasswordOf(credential: string | undefined, password: string): Promise<boolean> {
  const isRight = await compare(credential ?? nobody, password);
  const isSlow = credential === undefined || credential.startsWith(`scrypt$${cost.N}$`);
  if (!isSlow) await compare(nobody, password);
  return isRight;
}

async function compare(credential: string, password: string): Promise<boolean> {
  const [kind, N, r, p, salt = "", key = ""] = credential.split("$");
  if (kind !== "scrypt") throw new Error(`a password is kept as ${kind}, which this program does not know`);
  const options = { N: Number(N), r: Number(r), p: Number(p), maxmem: memoryMax };
  const derived = await derive(password.normalize("NFKC"), Buffer.from(salt, "base64url"), keyBytes, options);
  return isEqual(key, derived.toString("base64url"));
}

function isEqual(a: string, b: string): boolean {
  return timingSafeEqual(hash("sha256", a, "buffer"), hash("sha256", b, "buffer"));
}
