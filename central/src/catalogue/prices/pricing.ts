import { ok, type Result, refuse } from "@tallygate/protocol";
import type { Logger } from "pino";
import {
  type CandidatePrice,
  defaultEngine,
  type PriceAnswer,
  type PriceQuestion,
  type PricingEngine,
} from "./engine.ts";
import { openPlugIn } from "./plug-in.ts";

export interface PricingOptions {
  /** The file of a plug-in; without one, the default engine answers alone. */
  readonly plugin?: string | undefined;
  readonly timeout_ms: number;
  /** What holds when the plug-in fails: the default engine's answer, or none. */
  readonly on_failure: "default" | "refuse";
}

export interface Quote {
  /** Which engine said so. */
  readonly engine: string;
  readonly answer: PriceAnswer;
  readonly price: CandidatePrice | undefined;
}

/** Says what things cost, by the engine that is configured. */
export interface Pricing extends AsyncDisposable {
  /** Refuses `price.none` where no price holds, and `price.unavailable` where the plug-in failed and nothing is to hold then. */
  quote(question: PriceQuestion): Promise<Result<Quote>>;
}

/** Opens the engine of the configuration. Throws `PlugInFailed` when there is a plug-in and it cannot be loaded. */
export async function openPricing(
  { plugin, timeout_ms: timeoutMs, on_failure }: PricingOptions,
  { log }: { readonly log: Pick<Logger, "warn"> },
): Promise<Pricing> {
  const own = plugin === undefined ? undefined : await openPlugIn(plugin, timeoutMs);
  return {
    quote: question => quote(question, { own, on_failure, log }),
    async [Symbol.asyncDispose]() {
      await own?.[Symbol.asyncDispose]();
    },
  };
}

interface Engines {
  readonly own: PricingEngine | undefined;
  readonly on_failure: PricingOptions["on_failure"];
  readonly log: Pick<Logger, "warn">;
}

async function quote(question: PriceQuestion, { own, on_failure, log }: Engines): Promise<Result<Quote>> {
  try {
    const answer = await own?.quote(question);
    if (own !== undefined && answer !== undefined) return ok(quoteOf(own, answer, question));
  } catch (error) {
    log.warn({ err: error, sku: question.sku }, "the pricing plug-in did not answer");
    const detail = `The pricing plug-in gave no price for ${question.sku}, and no other is to hold then; try again later.`;
    if (on_failure === "refuse") return refuse("price.unavailable", detail);
  }
  const answer = defaultEngine.quote(question);
  if (answer !== undefined) return ok(quoteOf(defaultEngine, answer, question));
  const { sku, quantity, list, currency, at } = question;
  return refuse("price.none", `No price of ${sku} holds for ${quantity} on the list ${list} in ${currency} at ${at}.`);
}

function quoteOf({ name }: PricingEngine, answer: PriceAnswer, { prices }: PriceQuestion): Quote {
  return { engine: name, answer, price: prices.find(price => price.id === answer.price_id) };
}
