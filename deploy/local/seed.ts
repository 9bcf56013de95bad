import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { limits } from "./limits.ts";

/** What the simulator prints about the goods and places of its scenario. */
export const Catalogue = z.object({
  items: z.array(z.object({ sku: z.string(), name: z.string(), gtin: z.string(), companyPrefix: z.string() })),
  sites: z.array(z.object({ site: z.string(), places: z.array(z.string()) })),
});
export type Catalogue = z.infer<typeof Catalogue>;

const ProblemBody = z.object({ code: z.string(), detail: z.string().optional() });

/** Tells central the items of the demonstration. Gives how many were new. */
export async function seedItems(central: string, { items }: Catalogue, signal: AbortSignal): Promise<number> {
  let added = 0;
  for (const { sku, name, gtin } of items) {
    const answer = await post(`${central}/v1/items`, { sku, name, gtins: [gtin] }, signal);
    if (answer === "made") added++;
    else if (answer.code !== "item.exists") throw new Error(`central refused the item ${sku}: ${answer.detail}`);
  }
  return added;
}

/** Tells central the places, once it has heard of their sites. Gives how many were new. */
export async function seedPlaces(central: string, { sites }: Catalogue, signal: AbortSignal): Promise<number> {
  let added = 0;
  for (const { site, places } of sites) {
    for (const code of places) if (await seedPlace(central, site, code, signal)) added++;
  }
  return added;
}

async function seedPlace(central: string, site: string, code: string, signal: AbortSignal): Promise<boolean> {
  const deadline = Date.now() + limits.siteHeardMs;
  for (;;) {
    const answer = await post(`${central}/v1/places`, { site, code, name: nameOf(code) }, signal);
    if (answer === "made") return true;
    // A movement that named the place came before us.
    if (answer.code === "place.exists") return false;
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

async function post(
  url: string,
  body: object,
  signal: AbortSignal,
): Promise<"made" | { code: string; detail: string }> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(limits.requestMs)]),
  });
  if (answer.ok) {
    await answer.body?.cancel();
    return "made";
  }
  const problem = ProblemBody.safeParse(await answer.json().catch(() => undefined));
  if (!problem.success) return { code: "unreadable", detail: `it answered ${answer.status}` };
  return { code: problem.data.code, detail: problem.data.detail ?? problem.data.code };
}
