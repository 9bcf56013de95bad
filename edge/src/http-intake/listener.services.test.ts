import { createLog } from "@tallygate/kit";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { limits as drivers } from "../drivers/limits.ts";
import { Access } from "../mqtt/access.ts";
import type { User } from "../mqtt/config.ts";
import { hashPassword } from "../mqtt/password.ts";
import { routesOf } from "../mqtt/routes.ts";
import { devicesOf, openTestIntake } from "../mqtt/test-intake.ts";
import { limits } from "./limits.ts";
import { openReaders } from "./listener.ts";

const log = createLog("test", "silent");
const stack: AsyncDisposableStack[] = [];
const devices = devicesOf(
  { id: "dock-1", driver: "zebra-iotc", http: true, read_points: [{ place: "dock-1" }] },
  { id: "gate-2", driver: "impinj-iot", http: true, topic: "lyon/gate-2", read_points: [{ place: "gate-2" }] },
  { id: "plain", driver: "json", http: true, read_points: [{ place: "plain" }] },
  { id: "quiet", driver: "json", topic: "lyon/quiet", read_points: [{ place: "quiet" }] },
);

afterEach(async () => {
  for (const each of stack.splice(0)) await each.disposeAsync();
});

const Answer = z.looseObject({
  code: z.string().optional(),
  readings: z.int().optional(),
  refused: z.int().optional(),
  faults: z.array(z.looseObject({ code: z.string(), at: z.string().optional() })).optional(),
});

interface Setting {
  readonly users?: readonly User[];
  readonly waitingMax?: number;
  readonly bodiesPerS?: number;
}

async function open({ users = [], waitingMax = 50_000, bodiesPerS = limits.bodiesPerS }: Setting = {}) {
  const own = new AsyncDisposableStack();
  stack.push(own);
  const test = own.use(openTestIntake(devices, { waitingMax }));
  const access = new Access({ anonymous: users.length === 0, users });
  const listen = { host: "127.0.0.1", port: 0 };
  const { intake } = test;
  const readers = own.use(await openReaders({ listen, access, routes: routesOf(devices), intake, log, bodiesPerS }));
  const post = async (id: string, body: BodyInit, headers: Record<string, string> = {}) => {
    const init = { method: "POST", body, headers: { "content-type": "application/json", ...headers } };
    const response = await fetch(`${readers.server.url}/readers/${id}/events`, init);
    return { status: response.status, headers: response.headers, body: Answer.parse(await response.json()) };
  };
  return { test, readers, post };
}

const zebra = (idHex: string) => ({ data: { idHex }, timestamp: "2026-09-07T12:50:36.194+0000", type: "SIMPLE" });
const impinj = (epcHex: string) => ({ eventType: "tagInventory", tagInventoryEvent: { epcHex } });
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });

describe("a reader that posts", () => {
  it("is answered 200 only after the commit (I1)", async () => {
    const { post, test } = await open();
    test.hold();
    let answered = false;
    const posted = post("dock-1", JSON.stringify([zebra("e280"), zebra("e281")])).then(answer => {
      answered = true;
      return answer;
    });
    await vi.waitFor(() => expect(test.inbox.failure).toBeDefined());
    expect(answered).toBe(false);
    test.release();
    expect(await posted).toMatchObject({ status: 200, body: { readings: 2, refused: 0 } });
    expect(test.scans).toEqual(["E280", "E281"]);
  });

  it.each([
    ["one event", "gate-2", JSON.stringify(impinj("e280"))],
    ["an array", "gate-2", JSON.stringify([impinj("e280")])],
    ["a line each, with blank ones between", "gate-2", `${JSON.stringify(impinj("e280"))}\r\n\r\n`],
    ["a line each of plain JSON", "plain", `{"epc_hex":"e280"}\n`],
    ["an array over several lines", "plain", JSON.stringify([{ epc_hex: "e280" }], undefined, 2)],
  ])("may send %s", async (_, id, body) => {
    const { post, test } = await open();
    expect(await post(id, body)).toMatchObject({ status: 200, body: { readings: 1 } });
    expect(test.scans).toEqual(["E280"]);
  });

  it("may send many lines, of which the bad ones are kept and named", async () => {
    const { post, test } = await open();
    const answer = await post("plain", `{"epc_hex":"e280"}\n{"epc_hex":\n[{"epc_hex":"e281"}]\n{"epc_hex":"e28"}`);
    // A line that is no JSON text by its looks makes the whole body one text; here all of them begin as one.
    expect(answer).toMatchObject({ status: 200, body: { readings: 2, refused: 2 } });
    expect(answer.body.faults?.map(({ code }) => code)).toEqual(["message.not_json", "reading.epc"]);
    expect(test.scans).toEqual(["E280", "E281"]);
    expect(test.refused.map(({ device, code }) => [device, code])).toEqual([
      ["plain", "message.not_json"],
      ["plain", "reading.epc"],
    ]);
  });

  it("is answered 200 for what cannot be read: it is kept with its bytes, and need not come again (I10)", async () => {
    const { post, test } = await open();
    expect(await post("dock-1", "rubbish")).toMatchObject({ status: 200, body: { readings: 0, refused: 1 } });
    expect(Buffer.from(test.refused[0]?.bytes ?? []).toString()).toBe("rubbish");
  });

  it("is told 413 for a body above the limit, whose beginning is kept", async () => {
    const { post, test } = await open();
    const body = "x".repeat(limits.bodyBytesMax + 1);
    expect(await post("dock-1", body)).toMatchObject({ status: 413, body: { code: "request.too_large" } });
    expect(test.refused.map(({ code, bytes }) => [code, bytes.length])).toEqual([
      ["message.too_large", drivers.refusedBytesMax],
    ]);
  });

  it("is told 503 with Retry-After while the inbox is full, and loses nothing by sending again (I12)", async () => {
    const { post, test } = await open({ waitingMax: 2 });
    test.hold();
    const first = post("plain", `[{"scan":"A"},{"scan":"B"}]`);
    await vi.waitFor(() => expect(test.inbox.waiting).toBe(2));
    const second = post("plain", `{"scan":"C"}`);
    await vi.waitFor(() => expect(test.intake.held).toBe(1));
    const full = await post("plain", `{"scan":"D"}`);
    expect(full).toMatchObject({ status: 503, body: { code: "inbox.full" } });
    expect(Number(full.headers.get("retry-after"))).toBeGreaterThan(0);
    test.release();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    expect((await post("plain", `{"scan":"D"}`)).status).toBe(200);
    expect(test.scans).toEqual(["A", "B", "C", "D"]);
  });

  it("is told 429 with Retry-After when it posts faster than its limit", async () => {
    const { post } = await open({ bodiesPerS: 1 });
    const statuses: number[] = [];
    for (let sent = 0; sent < 4; sent++) statuses.push((await post("plain", "[]")).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
    expect((await post("gate-2", JSON.stringify(impinj("e280")))).status).toBe(200);
  });

  it.each(["nobody", "quiet"])("is unknown as %s: what it sent is kept", async id => {
    const { post, test } = await open();
    expect(await post(id, "{}")).toMatchObject({ status: 404, body: { code: "device.unknown" } });
    expect(test.refused).toMatchObject([{ code: "device.unknown", at: `http:/readers/${id}/events` }]);
  });
});

describe("who may post", () => {
  const users = async (): Promise<User[]> => [
    { name: "dock-1", password: await hashPassword("one") },
    { name: "both", password: await hashPassword("two"), devices: ["dock-1", "plain"] },
  ];

  it.each([
    ["Basic", "dock-1", basic("dock-1:one"), 200],
    ["Basic of a user with several devices", "plain", basic("both:two"), 200],
    ["a bearer token", "plain", { authorization: "Bearer two" }, 200],
    ["a bearer token of another device", "plain", { authorization: "Bearer one" }, 401],
    ["a wrong password", "dock-1", basic("dock-1:two"), 401],
    ["an unknown user", "dock-1", basic("nobody:one"), 401],
    ["nothing", "dock-1", {}, 401],
    ["rubbish", "dock-1", { authorization: "Basic ???" }, 401],
    ["another device's user", "gate-2", basic("dock-1:one"), 403],
  ])("is settled by %s for %s", async (_, id, headers, status) => {
    const { post, test } = await open({ users: await users() });
    const answer = await post(id, "[]", headers);
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.headers.get("www-authenticate")).toMatch(/^Basic/);
    expect(test.refused).toEqual([]);
  });

  it("is not decided anew by 50 ms of work for each message", async () => {
    const { post } = await open({ users: await users() });
    const startMs = process.cpuUsage().user;
    for (let i = 0; i < 50; i++) expect((await post("dock-1", "[]", basic("dock-1:one"))).status).toBe(200);
    // 50 checks of a password would be at least a second of work.
    expect(process.cpuUsage().user - startMs).toBeLessThan(1_000_000);
  });
});
