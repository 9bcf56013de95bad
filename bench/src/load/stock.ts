import { contractVersion, genesisHash, hashMovement, limits, Movement, subjects } from "@tallygate/protocol";
import type { Published } from "./movements.ts";

/** What the edge of a site would send when each item came in at the dock, in one movement each. */
export function stockBatch(site: string, skus: readonly string[], quantity: (sku: string) => number): Published[] {
  const epoch = "0123456789abcdef";
  const published: Published[] = [];
  let before = genesisHash;
  for (let at = 0; at < skus.length; at += limits.batchMovementsMax) {
    const movements = skus.slice(at, at + limits.batchMovementsMax).map(sku => arrival(sku, quantity(sku)));
    const after = movements.reduce((hash, each, n) => hashMovement(hash, site, epoch, at + 1 + n, each), before);
    const data = JSON.stringify({ v: contractVersion, site, epoch, first: at + 1, before, after, movements });
    published.push({ subject: subjects.movements(site), data });
    before = after;
  }
  return published;
}

function arrival(sku: string, quantity: number): Movement {
  return Movement.parse({
    code: `code:${sku}`,
    quantity,
    from: "supplier",
    to: "dock-1",
    bizStep: "receiving",
    readPoint: "dock-1/1",
    eventTimeMs: Date.UTC(2026, 10, 23),
    cause: "scan",
  });
}
