import {
  type Batch,
  contractVersion,
  genesisHash,
  hashMovement,
  limits,
  Movement,
  subjects,
} from "@tallygate/protocol";

/** GTINs of GS1's example prefix 9506000, with their check digits. */
export function gtins(count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const payload = `09506000${String(n).padStart(5, "0")}`;
    const sum = [...payload].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
    return payload + String((10 - (sum % 10)) % 10);
  });
}

export interface Published {
  readonly subject: string;
  readonly data: string;
}

/**
 * What the edge of one site would send: each tag comes in at the dock and later goes on to storage, or wherever `onTo` says. Half of
 * the movements are of tags that the ledger has never seen.
 */
export function* siteBatches(
  site: string,
  epoch: string,
  items: readonly string[],
  movements: number,
  perBatch: number = limits.batchMovementsMax,
  onTo: "storage" | "customer" = "storage",
): Generator<Published> {
  let before = genesisHash;
  for (let first = 1; first <= movements; first += perBatch) {
    const list = Array.from({ length: Math.min(perBatch, movements - first + 1) }, (_, n) =>
      movementOf(site, items, first + n - 1, onTo),
    );
    const after = list.reduce((hash, movement, n) => hashMovement(hash, site, epoch, first + n, movement), before);
    const batch: Record<keyof Omit<Batch, "follows">, unknown> = {
      v: contractVersion,
      site,
      epoch,
      first,
      before,
      after,
      movements: list,
    };
    yield { subject: subjects.movements(site), data: JSON.stringify(batch) };
    before = after;
  }
}

/** Tags travel in groups: a group comes in, then the same group moves on. */
const group = 1000;
const startMs = Date.UTC(2036, 0, 1);

function movementOf(site: string, items: readonly string[], n: number, onTo: "storage" | "customer"): Movement {
  const round = Math.floor(n / (2 * group));
  const isArrival = n % (2 * group) < group;
  const tag = round * group + (n % group);
  const gtin = items[tag % items.length] ?? "";
  return Movement.parse({
    code: `(01)${gtin}(21)${site}${tag}`,
    epcHex: `3034${tag.toString(16).toUpperCase().padStart(20, "0")}`,
    quantity: 1,
    from: isArrival ? "supplier" : "dock-1",
    to: isArrival ? "dock-1" : onTo,
    bizStep: isArrival ? "receiving" : onTo === "customer" ? "shipping" : "storing",
    readPoint: isArrival ? "dock-1/1" : "inner-1/1",
    eventTimeMs: startMs + n,
    cause: "reading",
  });
}
