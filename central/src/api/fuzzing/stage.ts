import { createLog } from "@tallygate/kit";
import { startInflux } from "../../../../deploy/local/servers.ts";
import { addTestClient, first_admin_password, openTestAccess } from "../../auth/testing.ts";
import { openPool } from "../../db/pool.ts";
import { copyDatabase, openTestServer, type TestDatabase } from "../../db/testing.ts";
import { Influx } from "../../projector/influx.ts";
import { openTestApi, openTestLedgerIn, type TestApi, type TestLedger, TestSite } from "../testing.ts";
import { ApiDocument } from "../testing-document.ts";
import { seedExamples } from "../testing-examples.ts";
import { plentiful } from "./feed.ts";
import type { Known } from "./outside-v1.ts";
import { Wire } from "./wire.ts";
import { prepareNotes, Written } from "./written.ts";

/** An API over a database of its own, in which there is what the document's examples name. */
export interface Stage extends AsyncDisposable {
  readonly ledger: TestLedger;
  readonly api: TestApi;
  readonly wire: Wire;
  readonly written: Written;
  /** Who may ask for a token, and who may sign in, at the routes outside /v1. */
  readonly known: Known;
}

/** The servers, and a database to copy. */
export interface Stages extends AsyncDisposable {
  readonly document: ApiDocument;
  open(): Promise<Stage>;
}

export async function openStages(): Promise<Stages> {
  const [server, influxd] = await Promise.all([openTestServer(), startInflux()]);
  const influx = new Influx({ url: influxd.url, database: "tallygate", bucket: "", org: "", token: "" });
  await influx.prepare();
  const template = await server.open();
  const { document, statuses } = await fill(template, influx);
  return {
    document,
    open: async () => openStage(await copyDatabase(template), { influx, statuses }),
    async [Symbol.asyncDispose]() {
      await template[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await influxd[Symbol.asyncDispose]();
    },
  };
}

/** Nothing is refused for its being too much. */
const unlimited = { address_per_minute: 1e9, sign_in_per_minute: 1e9 };

async function openStage(
  database: TestDatabase,
  { influx, statuses }: { readonly influx: Influx } & Pick<TestLedger, "statuses">,
): Promise<Stage> {
  const written = new Written(database.pool);
  const ledger = { ...openTestLedgerIn(database.pool), statuses };
  const access = await openTestAccess(database.pool, { rate_limits: unlimited });
  const secret = await addTestClient(database.pool, "shop", [{ role: "viewer", sites: "all" }]);
  const known = { client: "shop", secret, person: "admin", password: first_admin_password };
  const { authenticator } = written;
  const routes = written.before(access.routes);
  const api = await openTestApi(ledger, influx, { authenticator, routes }, reservations =>
    written.around(reservations),
  );
  const wire = new Wire(api.http.port);
  return {
    ledger,
    api,
    wire,
    written,
    known,
    async [Symbol.asyncDispose]() {
      wire[Symbol.dispose]();
      await api[Symbol.asyncDispose]();
      await access[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Fills a database with all that the examples name. No connection to it is left, so that it can be copied. */
async function fill({ url }: TestDatabase, influx: Influx) {
  const pool = openPool({ url, size: 8, applicationName: "fuzz", log: createLog("fuzz", "error") });
  const ledger = openTestLedgerIn(pool);
  const document = await seed(ledger, influx);
  // Behind whatever works in the background, which would stand in the way.
  await prepareNotes(pool);
  await pool.end();
  return { document, statuses: ledger.statuses };
}

/** So much stock of it that not every request after the first few is refused for want of it. */
async function seed(ledger: TestLedger, influx: Influx): Promise<ApiDocument> {
  await using api = await openTestApi(ledger, influx);
  const document = new ApiDocument((await api.get("/openapi.json")).body);
  await seedExamples(ledger, api);
  for (const operation of document.operations) {
    if (operation.method === "GET" || operation.route.includes("{id}") || operation.route.includes("unpack")) continue;
    const { method, path, headers, body } = document.exampleRequest(operation);
    const answer = await api.request(method, path, { headers, body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  }
  const codes = [`code:${plentiful}`, "code:HELD", "code:OATS-OLD-LABEL"];
  const site = new TestSite("lyon", "01939f6c2a7be4d2");
  await ledger.apply(
    site,
    ["dock-1", "dock-2"].flatMap(to => codes.map(code => ({ to, code, quantity: 1_000_000 }))),
  );
  return document;
}
