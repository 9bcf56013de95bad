import { parseEpc } from "@tallygate/protocol";
import { expect, test } from "vitest";
import type { Whereabouts } from "./run.ts";
import { welcome } from "./welcome.ts";

const at = (port: number) => ({ host: "127.0.0.1", port });
const where: Whereabouts = {
  central: at(8080),
  newAdminPassword: "made just now",
  servers: {
    database: "postgresql://postgres:hidden-word@127.0.0.1/tallygate",
    nats: "nats://127.0.0.1:4222",
    influx: "http://127.0.0.1:8086",
  },
  sites: [
    {
      site: "lyon",
      httpPort: 8081,
      mqttPort: 1883,
      timeZone: "Europe/Paris",
      http: at(8083),
      mqtt: at(1885),
      cables: [{ name: "lyon-hand", edge: "/data/lyon-hand.edge", hand: "/data/lyon-hand" }],
      edge: {},
    },
  ],
  catalogue: {
    items: [{ sku: "MILK-1L", name: "Whole milk 1 L", gtin: "00614141100088", companyPrefix: "0614141" }],
    sites: [],
  },
};

test("what to try uses the ports of this run, and a tag of the very item", () => {
  const text = welcome(where, "/data", Date.parse("2036-11-23T09:30:00Z"));
  expect(text).toContain("http://127.0.0.1:8083");
  expect(text).toContain('curl -s -H "$AUTH" http://127.0.0.1:8080/v1/stock/MILK-1L');
  expect(text).toContain("printf '0614141100088\\r' > /data/lyon-hand");
  expect(text).not.toContain("hidden-word");
  const [, epc = ""] = /mosquitto_pub -p 1885 .*"epc_hex":"([0-9A-F]+)"/.exec(text) ?? [];
  const tag = parseEpc(epc);
  expect(tag.ok && tag.value.elementString).toBe("(01)00614141100088(21)2111045400");
});

test("the first password is shown when it was made, and after that where it is kept", () => {
  expect(welcome(where, "/data", 0)).toContain(
    "/sign-in  as admin, with the password made just now, which is kept in /data/admin",
  );
  const later = welcome({ ...where, newAdminPassword: undefined }, "/data", 0);
  expect(later).toContain("admin, its first password is in /data/admin-password");
});

test("without simulated devices there is nothing to try", () => {
  expect(welcome({ ...where, catalogue: undefined }, "/data", 0)).not.toContain("To try");
});
