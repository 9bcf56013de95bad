import { readFile } from "node:fs/promises";
import { SitesKey } from "./keys.ts";

/** Reads the file that `nats.sites_key` names. Throws when it is not there or holds something else. */
export async function readSitesKey(file: string): Promise<SitesKey> {
  const text = await readFile(file, "utf8");
  try {
    return SitesKey.parse(JSON.parse(text));
  } catch {
    // What is in the file is a secret, and belongs in no message.
    throw new Error(`${file} (nats.sites_key) is not what nats init made`);
  }
}
