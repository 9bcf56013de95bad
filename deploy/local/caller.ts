import { z } from "zod";
import { limits } from "./limits.ts";

/** What a program signs on to central with, as `npm run central -- client add` shows it. */
export interface ClientSecret {
  readonly client: string;
  readonly secret: string;
}

const Token = z.object({ access_token: z.string(), expires_in: z.number() });

/** One client of central. It gets itself tokens, and uses each until shortly before its end. */
export class Caller {
  /** Of central. */
  readonly url: string;
  readonly #client: ClientSecret;
  #token: { readonly text: Promise<string>; readonly endsMs: number } | undefined;

  constructor(url: string, client: ClientSecret) {
    this.url = url;
    this.#client = client;
  }

  /** Asks central, at this path, as the client. */
  async fetch(path: string, { headers, ...init }: RequestInit = {}): Promise<Response> {
    const own = new Headers(headers);
    own.set("authorization", `Bearer ${await this.token()}`);
    return fetch(this.url + path, { signal: AbortSignal.timeout(limits.requestMs), ...init, headers: own });
  }

  /** A token that lasts a while yet. Rejects when central refuses the client. */
  async token(): Promise<string> {
    const now = Date.now();
    if (this.#token !== undefined && this.#token.endsMs > now + limits.tokenAheadMs) return this.#token.text;
    const asked = this.#ask();
    const text = asked.then(({ access_token }) => access_token);
    // Until it is known how long it lasts, those who ask at the same time share the question.
    this.#token = { text, endsMs: now + limits.requestMs + limits.tokenAheadMs };
    try {
      this.#token = { text, endsMs: now + (await asked).expires_in * 1000 };
    } catch {
      this.#token = undefined;
    }
    return text;
  }

  async #ask(): Promise<z.infer<typeof Token>> {
    const { client, secret } = this.#client;
    const answer = await fetch(`${this.url}/oauth/token`, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "client_credentials", client_id: client, client_secret: secret }),
      signal: AbortSignal.timeout(limits.requestMs),
    });
    if (!answer.ok) throw new Error(`central gives ${client} no token: ${answer.status} ${await answer.text()}`);
    return Token.parse(await answer.json());
  }
}
