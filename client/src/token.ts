import { z } from "zod";
import { problemOf } from "./problem.ts";

/** What a program signs on to central with, as `npm run central -- client add` shows it. */
export interface ClientSecret {
  readonly client: string;
  readonly secret: string;
}

const Token = z.object({ access_token: z.string(), expires_in: z.number() });

/** So long before its end a token is not begun with any more; of one that lasts less than twice as long, half its time. */
const aheadMs = 60_000;

/** Gets tokens for one client; each is used until shortly before its end. */
export class Tokens {
  readonly #ask: () => Promise<z.infer<typeof Token>>;
  readonly #now: () => number;
  #last: { readonly text: Promise<string>; readonly untilMs: number } | undefined;

  constructor(ask: () => Promise<z.infer<typeof Token>>, now: () => number) {
    this.#ask = ask;
    this.#now = now;
  }

  /** A token that lasts a while yet. Rejects when central refuses the client. */
  async get(): Promise<string> {
    if (this.#last !== undefined && this.#last.untilMs > this.#now()) return this.#last.text;
    const asked = this.#ask();
    const text = asked.then(({ access_token }) => access_token);
    // Until it is known how long it lasts, those who ask at the same time share the question.
    const own = { text, untilMs: Number.POSITIVE_INFINITY };
    this.#last = own;
    try {
      const { expires_in } = await asked;
      if (this.#last === own)
        this.#last = { text, untilMs: this.#now() + Math.max(expires_in * 500, expires_in * 1000 - aheadMs) };
    } catch {
      if (this.#last === own) this.#last = undefined;
    }
    return text;
  }

  /** This token was refused, whatever it said of its end: the next one is another. */
  async forget(token: string): Promise<void> {
    const last = this.#last;
    if (last !== undefined && (await last.text.catch(() => token)) === token && this.#last === last)
      this.#last = undefined;
  }
}

/** Asks central for a token by a client's name and secret. */
export async function askToken(url: string, { client, secret }: ClientSecret, signal: AbortSignal) {
  const answer = await fetch(`${url}/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "client_credentials", client_id: client, client_secret: secret }),
    signal,
  });
  if (!answer.ok) throw new Error(`central gives ${client} no token`, { cause: await problemOf(answer) });
  return Token.parse(await answer.json());
}
