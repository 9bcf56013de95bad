import { expect, test } from "vitest";
import { CentralConfig } from "./config.ts";

test("an empty file is a valid configuration", () => {
  expect(CentralConfig.parse({})).toMatchObject({
    http: { listen: { host: "127.0.0.1", port: 8080 } },
    nats: { servers: ["nats://127.0.0.1:4222"] },
    ingest: { enabled: true },
  });
});

test("Influx is left out unless it is named, and then needs no more than its address", () => {
  expect(CentralConfig.parse({}).influx).toBeUndefined();
  expect(CentralConfig.parse({ influx: { url: "http://127.0.0.1:8086" } }).influx).toMatchObject({
    database: "tallygate",
  });
});

test("it listens beyond this machine once it is said by which address others reach it", () => {
  const http = { listen: "0.0.0.0:8080", public_url: "https://stock.example.com/" };
  expect(CentralConfig.parse({ http }).http).toMatchObject({
    listen: { host: "0.0.0.0", port: 8080 },
    public_url: "https://stock.example.com",
  });
});

test.each([
  [{ http: { listen: "0.0.0.0:8080" } }, /not on loopback; say in http.public_url/],
  [{ database: { url: "mysql://127.0.0.1/x" } }, /postgres:\/\/user/],
  [{ ingest: { batch: 1 } }, /batch/],
  [{ ingest: { transaction_movements_max: 10 } }, /500/],
  [{ nats: { servers: [] } }, /servers/],
])("%j is refused", (given, words) => {
  expect(CentralConfig.safeParse(given).error?.message).toMatch(words);
});
