import { AsyncLocalStorage } from "node:async_hooks";
import { Hono } from "hono";
import { openToAll } from "../../auth/open-to-all.ts";
import type { Authenticator } from "../../auth/principal.ts";
import type { Client, Pool } from "../../db/pool.ts";
import type { ApiParts } from "../parts.ts";

/** Who writes what requests ask for together, in one transaction for all that wait. */
export const together = "together";

/**
 * Tables to which a refused request may write, and why.
 * - `import_line`: the lines of an import lie there while its body is read, for whatever time that takes, and are gone with its answer.
 */
const passing = ["import_line"];

/**
 * What a refused request of one route may change all the same, and why.
 * - `POST /sign-in` counts the try before it looks at the password, and so those that were wrong, and when the next one is looked at.
 */
export const mayChange: Readonly<Record<string, readonly string[]>> = { "POST /sign-in": ["UPDATE principal"] };

/**
 * Notes each row that is written to any table, with the request on whose behalf it was: the note is part of the same transaction, so
 * what is rolled back leaves none. What no request asked for at that moment, such as a sweep, is noted under the empty name.
 */
export async function prepareNotes(pool: Pool): Promise<void> {
  await pool.query(`
    create schema fuzz;
    create table fuzz.written (request text not null, what text not null);
    create function fuzz.note() returns trigger language plpgsql security definer as $$
    begin
      insert into fuzz.written values (coalesce(current_setting('fuzz.request', true), ''), tg_op || ' ' || tg_table_name);
      return null;
    end $$;
    do $$
    declare
      name text;
    begin
      for name in
        select relname from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
          and relname not in (${passing.map(name => `'${name}'`).join(", ")})
      loop
        execute format('create trigger fuzz_row after insert or update or delete on %I for each row execute function fuzz.note()', name);
        execute format('create trigger fuzz_all after truncate on %I for each statement execute function fuzz.note()', name);
      end loop;
    end $$`);
}

/** Knows on behalf of which request a session of the pool works. Made before anything else uses the pool. */
export class Written {
  /** Requests of which something was decided together with others'. */
  readonly joined = new Set<string>();
  readonly #pool: Pool;
  readonly #request = new AsyncLocalStorage<string>();

  constructor(pool: Pool) {
    this.#pool = pool;
    const open = pool.connect.bind(pool);
    const named = new WeakSet<Client>();
    const connect = async () => {
      const client = await open();
      if (!named.has(client)) this.#nameRequests(client);
      named.add(client);
      return client;
    };
    const query = async (...asked: Parameters<Client["query"]>) => {
      const client = await connect();
      try {
        return await client.query(...asked);
      } finally {
        client.release();
      }
    };
    Object.assign(pool, { connect, query });
  }

  /**
   * Tells the session the request's name with the statement that begins a transaction, and else before whatever may write: reading, which
   * is most of all that is done, costs nothing more.
   */
  #nameRequests(client: Client): void {
    const ask = client.query.bind(client);
    let isOpen = false;
    const query = async (...asked: Parameters<Client["query"]>) => {
      const [first] = asked;
      const text = typeof first === "string" ? first : String(Object(first).text);
      if (/^begin\b/.test(text)) {
        isOpen = true;
        return ask(`${text}; ${this.#naming}`);
      }
      if (/^(commit|rollback)\b/.test(text)) isOpen = false;
      else if (!isOpen && !/^\s*select\b/.test(text)) await ask(this.#naming);
      return ask(...asked);
    };
    Object.assign(client, { query });
  }

  get #naming(): string {
    const name = (this.#request.getStore() ?? "").replaceAll(/[^\w-]/g, "?");
    return `set fuzz.request = '${name}'`;
  }

  /** Lets everyone in, and takes the request's own id for its name. */
  get authenticator(): Authenticator {
    return {
      authenticate: async request => {
        this.#request.enterWith(nameOf(request));
        return openToAll.authenticate(request);
      },
    };
  }

  /** The same for routes that let everyone in by themselves. */
  before(routes: Hono): Hono {
    return new Hono().use((c, next) => this.#request.run(nameOf(c.req.raw), next)).route("/", routes);
  }

  /** What is decided together is nobody's alone. */
  around(reservations: ApiParts["reservations"]): ApiParts["reservations"] {
    return {
      get: id => reservations.get(id),
      list: (filter, page) => reservations.list(filter, page),
      changed: () => reservations.changed(),
      submit: job => {
        this.joined.add(this.#request.getStore() ?? "");
        return this.#request.run(together, () => reservations.submit(job));
      },
    };
  }

  /** How many rows are left where they may only pass. */
  async left(): Promise<number> {
    const counts = passing.map(name => `(select count(*) from ${name})`).join(" + ");
    const { rows } = await this.#pool.query<{ left: string }>(`select ${counts} as left`);
    return Number(rows[0]?.left);
  }

  /** What each has written since this was asked the last time. */
  async take(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { rows } = await this.#pool.query<{ request: string; what: string[] }>(
      `with taken as (delete from fuzz.written returning *)
       select request, array_agg(distinct what order by what) as what from taken where request <> '' group by request`,
    );
    return new Map(rows.map(({ request, what }) => [request, what]));
  }
}

/** A header that is there twice is both, with a comma. */
function nameOf({ headers }: Request): string {
  return headers.get("x-request-id")?.split(",")[0] ?? "";
}
