import { hash } from "node:crypto";
import { readWebhookIds } from "../../db/events/deliveries.ts";
import { leaseClasses } from "../../db/events/leases.ts";
import type { Duty } from "../leases.ts";
import type { AddressGuard } from "./address.ts";
import { Deliverer, type DelivererOptions } from "./deliverer.ts";
import { webhookLimits } from "./limits.ts";
import { Sender, type SenderOptions } from "./send.ts";

export interface WebhooksOptions extends Omit<DelivererOptions, "id" | "sender"> {
  readonly guard: AddressGuard;
  readonly timeoutMs: number;
  readonly userAgent: string;
  readonly resolve?: SenderOptions["resolve"];
}

/** One duty for each webhook: of all processes one delivers to it. */
export async function webhookDuties(options: WebhooksOptions): Promise<readonly Duty[]> {
  const ids = await readWebhookIds(options.pool);
  return ids.map(id => ({
    name: `webhook ${id}`,
    leaseClass: leaseClasses.webhook,
    key: lockKey(id),
    begin: () => beginDelivering(id, options),
  }));
}

function beginDelivering(id: string, options: WebhooksOptions): AsyncDisposable {
  const connectionsMax = webhookLimits.lanes + webhookLimits.retryLanes;
  const sender = new Sender({ ...options, connectionsMax });
  const deliverer = new Deliverer({ ...options, id, sender });
  return {
    async [Symbol.asyncDispose]() {
      await deliverer[Symbol.asyncDispose]();
      sender[Symbol.dispose]();
    },
  };
}

/** PostgreSQL's locks have keys of 32 bits. Two webhooks that share one by chance are delivered to by the same process. */
function lockKey(id: string): number {
  return Buffer.from(hash("sha256", id, "hex").slice(0, 8), "hex").readInt32BE();
}
