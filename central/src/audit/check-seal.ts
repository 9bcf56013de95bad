import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { checkSeal, Seal, SealKey } from "./seal.ts";
import { SealedChains } from "./sealed-chains.ts";

const usage = `Usage: node central/src/audit/check-seal.ts SEAL.json KEY.json [MOVEMENTS.jsonl]

Checks without any server that a seal (GET /v1/audit/seals/{number}) is what the owner of the key (GET /v1/audit/key) signed.
With movements, one JSON object of GET /v1/movements a line, each epoch's in the order of their sequences or the reverse: also
that their hashes lead to the sealed ones. Exit codes: 0 it holds, 1 it does not, 2 a file cannot be read.`;

const Keys = z.union([
  z.object({ keys: z.array(SealKey) }).transform(({ keys }) => keys),
  SealKey.transform(key => [key]),
]);

/** What the check says, line by line, and whether the seal holds. */
export interface SealCheck {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

/** Checks a seal by a key or a set of keys, and movements against it where there are some. */
export async function checkSealFiles(
  sealFile: string,
  keyFile: string,
  movementsFile: string | undefined,
): Promise<SealCheck> {
  const seal = Seal.parse(JSON.parse(readFileSync(sealFile, "utf8")));
  const keys = Keys.parse(JSON.parse(readFileSync(keyFile, "utf8")));
  const key = keys.find(({ kid }) => kid === seal.key_id);
  if (key === undefined)
    return { ok: false, lines: [`the seal was signed with the key ${seal.key_id}, which is not given`] };
  const wrong = checkSeal(seal, key);
  if (wrong !== undefined) return { ok: false, lines: [`the seal ${seal.number} does not hold: ${wrong}`] };
  const holds = `the seal ${seal.number} of ${seal.sealed_at} holds: ${seal.epochs.length} epochs, signed with ${key.kid}`;
  if (movementsFile === undefined) return { ok: true, lines: [holds] };
  const chains = new SealedChains(seal);
  for await (const line of createInterface({ input: createReadStream(movementsFile) })) {
    if (line.trim() !== "") chains.add(JSON.parse(line));
  }
  const { faults, lines } = chains.finish();
  return { ok: faults.length === 0, lines: [holds, ...lines, ...faults] };
}

async function main(args: readonly string[]): Promise<void> {
  const [seal, key, movements] = args;
  if (seal === undefined || key === undefined || args.length > 3 || seal.startsWith("-")) {
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
    return;
  }
  try {
    const { ok, lines } = await checkSealFiles(seal, key, movements);
    process.stdout.write(`${lines.join("\n")}\n`);
    process.exitCode = ok ? 0 : 1;
  } catch (error) {
    process.stderr.write(`check-seal: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main(process.argv.slice(2));
