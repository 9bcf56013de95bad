import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "@tallygate/client";
import { z } from "zod";
import { limits } from "./limits.ts";

/** What the simulator prints about the goods and places of its scenario. */
export const Catalogue = z.object({
  items: z.array(z.object({ sku: z.string(), name: z.string(), gtin: z.string(), companyPrefix: z.string() })),
  sites: z.array(z.object({ site: z.string(), places: z.array(z.string()) })),
});
export type Catalogue = z.infer<typeof Catalogue>;

/** Who asks central. */
export type Central = Pick<Client, "fetch">;

const ProblemBody = z.object({ code: z.string(), detail: z.string().optional() });

/** Tells central the items of the demonstration. Gives how many were new. */
export async function seedItems(central: Central, { items }: Catalogue, signal: AbortSignal): Promise<number> {
  let added = 0;
  for (const { sku, name, gtin } of items) {
    const answer = await send(central, "POST", "/v1/items", { sku, name, gtins: [gtin] }, signal);
    if (answer === "done") added++;
    else if (answer.code !== "item.exists") throw new Error(`central refused the item ${sku}: ${answer.detail}`);
  }
  return added;
}

/**
 * Gives the places the names that stand on their labels, once central has heard of their sites. Gives how many
 * have a name now.
 */
export async function namePlaces(central: Central, { sites }: Catalogue, signal: AbortSignal): Promise<number> {
  let named = 0;
  for (const { site, places } of sites) {
    for (const code of places) {
      await namePlace(central, site, code, signal);
      named++;
    }
  }
  return named;
}

async function namePlace(central: Central, site: string, code: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + limits.siteHeardMs;
  const name = nameOf(code);
  for (;;) {
    const made = await send(central, "POST", "/v1/places", { site, code, name }, signal);
    if (made === "done") return;
    // A movement that named the place came before us.
    const answer =
      made.code === "place.exists"
        ? await send(central, "PATCH", `/v1/places/${site}/${code}`, { name }, signal)
        : made;
    if (answer === "done") return;
    if (answer.code !== "site.unknown" || Date.now() > deadline) {
      throw new Error(`central refused the place ${code} of ${site}: ${answer.detail}`);
    }
    await pause(limits.siteHeardPauseMs, undefined, { signal });
  }
}

/** "dock-1" is "Dock 1" on a label. */
function nameOf(code: string): string {
  return code.charAt(0).toUpperCase() + code.slice(1).replaceAll("-", " ");
}

interface Refusal {
  readonly code: string;
  readonly detail: string;
}

async function send(
  central: Central,
  method: string,
  path: string,
  body: object,
  signal: AbortSignal,
): Promise<"done" | Refusal> {
  const answer = await central.fetch(path, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(limits.requestMs)]),
  });
  if (answer.ok) {
    await answer.body?.cancel();
    return "done";
  }
  const problem = ProblemBody.safeParse(await answer.json().catch(() => undefined));
  if (!problem.success) return { code: "unreadable", detail: `it answered ${answer.status}` };
  return { code: problem.data.code, detail: problem.data.detail ?? problem.data.code };
}
