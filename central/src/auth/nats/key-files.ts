import { readFile, writeFile } from "node:fs/promises";
import { errorCode } from "@tallygate/kit";
import { SigningKey } from "./keys.ts";

/** The mode of a file with a secret. */
export const onlyOurs = 0o600;

/** Reads the file that `nats.sites_key` or `nats.readers_key` names. Throws when it is not there or holds something else. */
export async function readSigningKey(file: string, setting: "sites_key" | "readers_key"): Promise<SigningKey> {
  const text = await readFile(file, "utf8");
  try {
    return SigningKey.parse(JSON.parse(text));
  } catch {
    // What is in the file is a secret, and belongs in no message.
    throw new Error(`${file} (nats.${setting}) is not what nats init made`);
  }
}

/** Never writes over a file that is there: a key that is lost cannot be made again. */
export async function writeNew(file: string, text: string, mode: number): Promise<void> {
  try {
    await writeFile(file, text, { mode, flag: "wx" });
  } catch (cause) {
    if (errorCode(cause) === "EEXIST") throw new Error(`${file} is there already`, { cause });
    throw cause;
  }
}
