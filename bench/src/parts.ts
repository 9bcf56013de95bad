import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { Child } from "../../deploy/local/child.ts";

const root = new URL("../../", import.meta.url);

/** Starts one of our processes from its configuration, and waits until it is ready. */
export async function startPart(
  part: "edge" | "central",
  dir: string,
  config: { readonly http: { readonly listen: string } },
) {
  await mkdir(dir, { recursive: true });
  const file = join(dir, `${part}.yaml`);
  await writeFile(file, stringify(config));
  return Child.open({
    name: part,
    command: process.execPath,
    args: [new URL(`${part}/src/main.ts`, root).pathname, "--config", file],
    env: { ...process.env, TALLYGATE_LOG_LEVEL: "warn" },
    ready: async signal => (await fetch(`http://${config.http.listen}/healthz`, { signal })).ok,
    readyMs: 30_000,
  });
}

/** Starts a small program of `reference/`, which prints "ready". */
export async function startReference(name: string, args: readonly string[]) {
  let ready = false;
  return Child.open({
    name,
    command: process.execPath,
    args: [new URL(`reference/${name}.ts`, import.meta.url).pathname, ...args],
    ready: async () => ready,
    onLine: line => {
      if (line === "ready") ready = true;
    },
  });
}
