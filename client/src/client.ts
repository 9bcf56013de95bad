import { randomUUID } from "node:crypto";
import createClient, { type FetchOptions } from "openapi-fetch";
import type { FilterKeys, HttpMethod, PathsWithMethod, RequiredKeysOf } from "openapi-typescript-helpers";
import { problemOf } from "./problem.ts";
import { type RetryOptions, sendAgain } from "./retry.ts";
import type { paths } from "./schema.ts";
import { askToken, type ClientSecret, Tokens } from "./token.ts";

export interface ConnectOptions extends ClientSecret {
  /** Of central, such as `https://stock.example.com`. */
  readonly url: string;
  /** How long one try of a request may take. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryOptions>;
  readonly now?: () => number;
}

/**
 * One client of central. Each method takes a path as the API's document names it, with its parameters and body, and gives the body of the
 * answer; a refusal is thrown as `ProblemError`.
 */
export interface Client {
  readonly get: Call<"get">;
  readonly post: Call<"post">;
  readonly put: Call<"put">;
  readonly patch: Call<"patch">;
  readonly delete: Call<"delete">;
  /** As `get`, with the version to name in `If-Match` when it is changed. */
  read<P extends PathsWithMethod<paths, "get">>(
    path: P,
    ...init: Init<P, "get">
  ): Promise<{ readonly data: Answered<P, "get">; readonly etag: string | null }>;
  /** Every row of a list, page after page, as they are asked for. */
  each<P extends ListPath>(path: P, ...init: Init<P, "get">): AsyncGenerator<RowOf<Answered<P, "get">>>;
  /** As the `fetch` of the platform with a path instead of an address, with the token and nothing else: for streams and what is no JSON. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** A token that lasts a while yet. */
  token(): Promise<string>;
  readonly url: string;
}

type Call<M extends HttpMethod> = <P extends PathsWithMethod<paths, M>>(
  path: P,
  ...init: Init<P, M>
) => Promise<Answered<P, M>>;

type Options<P extends keyof paths, M extends HttpMethod> = FetchOptions<FilterKeys<paths[P], M>>;
type Init<P extends keyof paths, M extends HttpMethod> =
  RequiredKeysOf<Options<P, M>> extends never ? [init?: Options<P, M>] : [init: Options<P, M>];

/** The body of the answer when it is granted. */
type Answered<P extends keyof paths, M extends HttpMethod> =
  paths[P] extends Record<M, { responses: infer R }> ? BodyOf<R[keyof R]> : never;

type BodyOf<R> = R extends { content: infer C }
  ? C extends { "application/json": infer B }
    ? B
    : C[keyof C]
  : undefined;

interface Page {
  readonly items: readonly unknown[];
  readonly next_cursor: string | null;
}

type RowOf<T> = T extends { readonly items: readonly (infer R)[] } ? R : never;

type ListPath = {
  [P in PathsWithMethod<paths, "get">]: Answered<P, "get"> extends Page ? P : never;
}[PathsWithMethod<paths, "get">];

/** What is sent, without its types. */
interface Given {
  readonly params?: { readonly query?: object };
}

/** Opens nothing: the first request asks for the first token. */
export function connect({ url, client, secret, timeoutMs = 30_000, retry, now = Date.now }: ConnectOptions): Client {
  const base = url.replace(/\/+$/, "");
  const patience: RetryOptions = { attempts: 5, waitMaxMs: 30_000, ...retry };
  const limit = (signal?: AbortSignal | null) => {
    const own = AbortSignal.timeout(timeoutMs);
    return signal == null ? own : AbortSignal.any([signal, own]);
  };
  const tokens = new Tokens(() => askToken(base, { client, secret }, limit()), now);

  async function signed(request: Request): Promise<Response> {
    const token = await tokens.get();
    const headers = new Headers(request.headers);
    headers.set("authorization", `Bearer ${token}`);
    const answer = await fetch(new Request(request.clone(), { headers, signal: limit(request.signal) }));
    if (answer.status === 401) await tokens.forget(token);
    return answer;
  }

  async function send(request: Request): Promise<Response> {
    if (request.method === "POST" && !request.headers.has("idempotency-key"))
      request.headers.set("idempotency-key", randomUUID());
    const first = await sendAgain(() => signed(request), request.signal, patience);
    // The token may have ended early: its client's rights were changed, or central's keys.
    const answer = first.status === 401 ? await sendAgain(() => signed(request), request.signal, patience) : first;
    if (!answer.ok) throw await problemOf(answer);
    return answer;
  }

  const inner = createClient<paths>({ baseUrl: base, fetch: send });
  // The types of the document are laid over what is sent here: methods and paths come in as the document has them.
  const request = inner.request as (
    method: string,
    path: string,
    init?: Given,
  ) => Promise<{ readonly data?: unknown; readonly response: Response }>;
  const call = (method: HttpMethod) => async (path: string, init?: Given) => (await request(method, path, init)).data;

  async function* each(path: string, init: Given = {}): AsyncGenerator<unknown> {
    let cursor: string | null | undefined;
    do {
      const query = { ...init.params?.query, ...(cursor != null && { cursor }) };
      const { data } = await request("get", path, { ...init, params: { ...init.params, query } });
      const { items, next_cursor } = data as Page;
      yield* items;
      cursor = next_cursor;
    } while (cursor !== null);
  }

  const untyped = {
    get: call("get"),
    post: call("post"),
    put: call("put"),
    patch: call("patch"),
    delete: call("delete"),
    each,
    url: base,
    token: () => tokens.get(),
    async read(path: string, init?: Given) {
      const { data, response } = await request("get", path, init);
      return { data, etag: response.headers.get("etag") };
    },
    async fetch(path: string, { headers, signal, ...init }: RequestInit = {}): Promise<Response> {
      const own = new Headers(headers);
      own.set("authorization", `Bearer ${await tokens.get()}`);
      return fetch(base + path, { ...init, headers: own, signal: signal ?? limit() });
    },
  };
  return untyped as unknown as Client;
}
