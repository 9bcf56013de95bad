import { createLog } from "@tallygate/kit";
import mqtt from "mqtt";
import { afterEach, expect, it, vi } from "vitest";
import { startMosquitto } from "../../../deploy/local/servers.ts";
import { decodePayload } from "../drivers/sparkplug-b/payload.ts";
import { ProtoWriter } from "../drivers/sparkplug-b/protobuf.ts";
import { Access } from "./access.ts";
import { openBroker } from "./broker.ts";
import { openSubscriber } from "./client.ts";
import { routesOf } from "./routes.ts";
import { devicesOf, openTestIntake } from "./test-intake.ts";

const log = createLog("test", "silent");
const stack: AsyncDisposableStack[] = [];
const group = { group: "Lyon", node: "gate-4" };
const device = { id: "gate-4", driver: "sparkplug-b", ...group, read_points: [{ place: "gate-4" }] };

afterEach(async () => {
  for (const each of stack.splice(0)) await each.disposeAsync();
});

function message(seq: number, metric: ProtoWriter): Buffer {
  return new ProtoWriter().uint(1, Date.now()).bytes(2, metric.finish()).uint(3, seq).finish();
}

const birth = () => message(0, new ProtoWriter().bytes(1, "EPC").uint(2, 5).uint(4, 12).bytes(15, ""));
const data = (seq: number, epc: string) => message(seq, new ProtoWriter().uint(2, 5).bytes(15, epc));

/** A node that was there before the edge: it sends data, and its birth when it is told to. */
async function openNode(url: string, own: AsyncDisposableStack) {
  const client = await mqtt.connectAsync(url, { reconnectPeriod: 0 });
  own.defer(() => client.endAsync(true));
  const told: string[] = [];
  client.on("message", (_, payload) => {
    told.push(decodePayload(payload).metrics[0]?.name ?? "");
    client.publish("spBv1.0/Lyon/NBIRTH/gate-4", birth());
  });
  await client.subscribeAsync("spBv1.0/Lyon/NCMD/gate-4", { qos: 1 });
  return { told, send: (bytes: Buffer) => client.publishAsync("spBv1.0/Lyon/NDATA/gate-4", bytes) };
}

async function open(way: "its own broker" | "an existing broker") {
  const own = new AsyncDisposableStack();
  stack.push(own);
  const devices = devicesOf(device);
  const test = own.use(openTestIntake(devices));
  const routes = routesOf(devices);
  if (way === "its own broker") {
    const listen = { host: "127.0.0.1", port: 0 };
    const broker = own.use(
      await openBroker({
        listen,
        access: new Access({ anonymous: true, users: [] }),
        routes,
        intake: test.intake,
        log,
      }),
    );
    return { own, test, url: `mqtt://127.0.0.1:${broker.port}` };
  }
  const { url } = own.use(await startMosquitto());
  const subscriber = openSubscriber({
    site: "lyon",
    upstream: { url, keepalive_s: 30 },
    routes,
    intake: test.intake,
    log,
  });
  own.use(subscriber);
  await vi.waitFor(() => expect(subscriber.state).toBe("connected"), 10_000);
  return { own, test, url };
}

it.each(["its own broker", "an existing broker"] as const)(
  "asks a node whose birth it missed for it over %s, and reads on by the aliases",
  async way => {
    const { own, test, url } = await open(way);
    const node = await openNode(url, own);
    await node.send(data(7, "e280"));
    await vi.waitFor(() => expect(test.refused).toMatchObject([{ code: "message.no_birth" }]));
    await vi.waitFor(() => expect(node.told).toEqual(["Node Control/Rebirth"]));
    await vi.waitFor(() => expect(test.meters.get("gate-4")?.health(Date.now()).messages).toBe(2));
    await node.send(data(1, "e281"));
    await vi.waitFor(() => expect(test.scans).toEqual(["E281"]));
    expect(test.refused).toHaveLength(1);
  },
);
