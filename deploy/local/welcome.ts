import { join, relative } from "node:path";
import { encodeTagUri } from "@tallygate/protocol";
import { formatAddress } from "./addresses.ts";
import { handTopic } from "./demo.ts";
import type { Whereabouts } from "./run.ts";
import type { Catalogue } from "./seed.ts";

type Row = readonly [name: string, value: string];

/** What stands on the terminal when everything runs: the addresses, and what to try. */
export function welcome(where: Whereabouts, home: string, nowMs: number): string {
  const tries = triesOf(where, nowMs);
  return [
    "",
    `Tallygate runs. Its data, configuration and logs are in ${near(home)}; Ctrl-C ends it.`,
    "",
    ...columns(addressesOf(where, home)),
    "",
    "A token for the API, and what it is good for:",
    "",
    ...columns(firstCalls(where, home)),
    ...(tries.length === 0 ? [] : ["", "To try:", "", ...columns(tries)]),
    "",
  ].join("\n");
}

function addressesOf({ central, newAdminPassword, servers, sites }: Whereabouts, home: string): Row[] {
  const database = new URL(servers.database);
  database.password = "";
  return [
    ["central", `http://${formatAddress(central)}  the API; its documentation is at /docs`],
    ...sites.map(({ site, http, mqtt }): Row => {
      return [
        site,
        `http://${formatAddress(http)}  the site's page; its readers publish to MQTT on ${formatAddress(mqtt)}`,
      ];
    }),
    ["PostgreSQL", `${database}  its password is in ${near(join(home, "postgres-password"))}`],
    ["NATS", servers.nats],
    ["InfluxDB", servers.influx],
    [
      "sign-in",
      `http://${formatAddress(central)}/sign-in  as admin, ${passwordOf(newAdminPassword, near(join(home, "admin-password")))}`,
    ],
  ];
}

function passwordOf(made: string | undefined, file: string): string {
  return made === undefined
    ? `its first password is in ${file}`
    : `with the password ${made}, which is kept in ${file}: change it and remove that file`;
}

/** From nothing to a first reservation; the client is one that the reader makes, or the one that is there. */
function firstCalls({ central, catalogue }: Whereabouts, home: string): Row[] {
  const url = `http://${formatAddress(central)}`;
  const secret = near(join(home, "integrator-secret"));
  const token = `curl -s -u "integrator:$(cat ${secret})" -d grant_type=client_credentials ${url}/oauth/token`;
  const text = `sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'`;
  const sku = catalogue?.items[0]?.sku;
  const promise = JSON.stringify({ lines: [{ sku, quantity: 1 }] });
  const reservation: Row[] =
    sku === undefined
      ? []
      : [
          ["stock of an item", `curl -s -H "$AUTH" ${url}/v1/stock/${sku}`],
          [
            "reserve one, once some came",
            `curl -s -H "$AUTH" -H 'content-type: application/json' -d '${promise}' ${url}/v1/reservations`,
          ],
        ];
  const commands = near(join(home, "commands.yaml"));
  return [
    ["a token", `AUTH="authorization: Bearer $(${token} | ${text})"`],
    ...reservation,
    ["what moved last", `curl -s -H "$AUTH" '${url}/v1/movements?limit=5'`],
    ["a client of yours", `npm run central -- client add my-shop --role integrator --config ${commands}`],
  ];
}

function triesOf({ sites: [site], catalogue }: Whereabouts, nowMs: number): Row[] {
  const item = catalogue?.items[0];
  if (site === undefined || item === undefined) return [];
  const port = site.cables.find(({ name }) => name.endsWith("-hand"))?.hand ?? "";
  const reading = JSON.stringify({ epc_hex: tagOf(item, nowMs) });
  return [
    ["scan its barcode", `printf '${item.gtin.slice(1)}\\r' > ${near(port)}`],
    ["hear a tag of it", `mosquitto_pub -p ${site.mqtt.port} -q 1 -t ${handTopic(site.site)} -m '${reading}'`],
  ];
}

/** A tag that was never heard: an SGTIN-96 whose serial is the time (TDS 2.x, clause 14.6.1). */
function tagOf({ gtin, companyPrefix }: Catalogue["items"][number], nowMs: number): string {
  const reference = gtin.slice(0, 1) + gtin.slice(1 + companyPrefix.length, -1);
  const tag = encodeTagUri(`urn:epc:tag:sgtin-96:1.${companyPrefix}.${reference}.${Math.floor(nowMs / 1000)}`);
  if (!tag.ok) throw new Error(`${gtin} gives no tag: ${tag.problem.detail}`);
  return tag.value;
}

/** As a person here would write the path. */
function near(path: string): string {
  const short = relative(process.cwd(), path);
  return short === "" || short.startsWith("..") ? path : short;
}

function columns(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}
