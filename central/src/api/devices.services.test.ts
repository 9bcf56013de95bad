import { OpenAPIHono } from "@tallygate/kit";
import { SiteStatus } from "@tallygate/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Authenticator } from "../auth/principal.ts";
import { apiLimits } from "./limits.ts";
import { noonMs, openTestApi, openTestLedger, type TestApi, type TestLedger } from "./testing.ts";

let ledger: TestLedger;
let api: TestApi;

beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

type State = SiteStatus["devices"][number]["state"];

/** The site says how its devices are. */
function say(site: string, devices: Readonly<Record<string, State>>, heardMs = Date.now()): void {
  const status = SiteStatus.parse({
    v: 1,
    site,
    timeMs: heardMs,
    epoch: "01939f6c2a7be4d1",
    lastSeq: 0,
    waiting: 0,
    exceptionsOpen: 0,
    alarms: [],
    devices: Object.entries(devices).map(([deviceId, state]) => ({
      ...{ deviceId, driver: "zebra-iotc", state, readings: 5, refused: 1, clockSkewMs: -20 },
      ...(state !== "waiting" && { lastHeardMs: noonMs }),
    })),
  });
  ledger.statuses.set(site, { heardMs, status });
}

const named = (body: { items: { site: string; device: string }[] }) =>
  body.items.map(({ site, device }) => `${site}/${device}`);

test("devices of all sites are listed by site and name, in pages that nothing in between upsets, and by site and state", async () => {
  say("oslo", { "dock-2": "connected", "dock-1": "silent" });
  say("lyon", { handheld: "waiting", "dock-1": "connected" });
  say("bergen", {});
  const first = await api.get("/v1/devices?limit=2");
  expect(named(first.body)).toEqual(["lyon/dock-1", "lyon/handheld"]);
  say("lyon", { handheld: "waiting", "dock-1": "connected", "dock-0": "failed" });
  const second = await api.get(`/v1/devices?limit=2&cursor=${first.body.next_cursor}`);
  expect(named(second.body)).toEqual(["oslo/dock-1", "oslo/dock-2"]);
  expect(second.body.next_cursor).toBeNull();
  expect(named((await api.get("/v1/devices?site=oslo")).body)).toEqual(["oslo/dock-1", "oslo/dock-2"]);
  expect(named((await api.get("/v1/devices?state=connected")).body)).toEqual(["lyon/dock-1", "oslo/dock-2"]);
  expect(named((await api.get("/v1/devices?state=connected&limit=1")).body)).toEqual(["lyon/dock-1"]);
});

test("one device is shown with its health, and as it was then where its site has fallen silent", async () => {
  const heardMs = Date.now();
  say("lyon", { "dock-1": "connected" }, heardMs);
  const { body, headers } = await api.get("/v1/devices/lyon/dock-1");
  expect(body).toEqual({
    site: "lyon",
    site_link: "heard",
    site_heard: new Date(heardMs).toISOString(),
    device: "dock-1",
    driver: "zebra-iotc",
    state: "connected",
    last_heard: new Date(noonMs).toISOString(),
    readings: 5,
    refused: 1,
    clock_skew_ms: -20,
  });
  const known = { "if-none-match": headers.get("etag") ?? "" };
  expect((await api.get("/v1/devices/lyon/dock-1", known)).status).toBe(304);
  say("lyon", { "dock-1": "connected" }, heardMs - apiLimits.siteSilentMs - 1);
  expect((await api.get("/v1/devices/lyon/dock-1")).body).toMatchObject({ site_link: "silent", state: "connected" });
  for (const path of ["lyon/dock-9", "nowhere/dock-1"]) {
    expect((await api.get(`/v1/devices/${path}`)).body).toMatchObject({ code: "device.unknown", at: "path.device" });
  }
});

test("who sees one site sees its devices and no others", async () => {
  say("lyon", { "dock-1": "connected" });
  say("oslo", { "dock-2": "connected" });
  const authenticator: Authenticator = {
    authenticate: async () => ({
      ok: true,
      value: { id: "mia", kind: "person", name: "mia", grants: [{ role: "viewer", sites: ["oslo"] }] },
    }),
  };
  await using narrow = await openTestApi(ledger, undefined, { authenticator, routes: new OpenAPIHono() });
  expect(named((await narrow.get("/v1/devices")).body)).toEqual(["oslo/dock-2"]);
  expect((await narrow.get("/v1/devices/lyon/dock-1")).body.code).toBe("access.denied");
});
