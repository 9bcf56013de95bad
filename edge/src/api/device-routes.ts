import { type ApiEnv, answerProblem, createRoute, type OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { DeviceId, PlaceCode } from "@tallygate/protocol";
import { type Discoveries, type Discovery, suggestionOf } from "../devices/discoveries.ts";
import type { DeviceRegistry } from "../devices/registry.ts";
import { timeOf } from "./shapes.ts";

export interface DeviceRoutesOptions {
  readonly registry: DeviceRegistry;
  readonly discoveries: Discoveries;
}

const json = <S extends z.ZodType>(schema: S) => ({ "application/json": { schema } });
const textBytes = 500;

const NewDevice = z
  .object({
    source: z.string().meta({ description: "The topic, or where it posts to." }),
    user: z.string().optional(),
    messages: z.int(),
    first_heard: z.iso.datetime(),
    last_heard: z.iso.datetime(),
    text: z.string().meta({ description: "The beginning of what it sent last, as text." }),
    suggested: z.record(z.string(), z.unknown()).meta({
      description: "What its configuration would be; without driver when none reads what it sent.",
    }),
  })
  .openapi("NewDevice");

/** A driver's settings, as under `devices` in edge.yaml: the driver's own schema checks them. */
const Settings = z.looseObject({
  place: PlaceCode.optional().meta({ description: "Short for read_points with this one place." }),
});

const news = createRoute({
  method: "get",
  path: "/api/devices/new",
  summary: "Who sends without being configured, the latest first",
  responses: { 200: { description: "The sources", content: json(z.object({ devices: z.array(NewDevice) })) } },
});

const Taken = z.object({ id: z.string(), driver: z.string() }).openapi("TakenDevice");

const add = createRoute({
  method: "post",
  path: "/api/devices",
  summary: "Takes a device in, while the edge runs",
  description:
    "The body is a device as under `devices` in edge.yaml. With `from`, a source of /api/devices/new, what is suggested there need not be said. It is kept in devices.d of the data directory.",
  request: {
    body: { required: true, content: json(Settings.extend({ id: DeviceId, from: z.string().max(512).optional() })) },
  },
  responses: {
    201: { description: "It is heard from now on", content: json(Taken) },
    ...problemResponses("request.invalid", "config.invalid", "device.exists", "device.unknown"),
  },
});

const swap = createRoute({
  method: "post",
  path: "/api/devices/{id}/swap",
  summary: "Puts another device, of another maker too, in the place of one: id, places and history stay",
  request: { params: z.object({ id: DeviceId }), body: { required: true, content: json(Settings) } },
  responses: {
    200: { description: "It is heard from now on", content: json(Taken) },
    ...problemResponses("request.invalid", "config.invalid", "device.unknown"),
  },
});

const revert = createRoute({
  method: "delete",
  path: "/api/devices/{id}",
  summary: "Forgets what was taken in or swapped: the device of edge.yaml is back, or none",
  request: { params: z.object({ id: DeviceId }) },
  responses: { 204: { description: "Done" }, ...problemResponses("config.invalid", "device.unknown") },
});

/** Routes that change the site's devices. */
export function mountDeviceRoutes(app: OpenAPIHono<ApiEnv>, { registry, discoveries }: DeviceRoutesOptions): void {
  app.openapi(news, c => c.json({ devices: discoveries.list().map(newDevice) }, 200));

  app.openapi(add, async c => {
    const { from, ...settings } = c.req.valid("json");
    const found = from === undefined ? undefined : discoveries.find(from);
    if (from !== undefined && found === undefined) {
      return answerProblem(c, { code: "device.unknown", detail: `Nothing was heard from ${from}.`, at: "body.from" });
    }
    const suggested = found === undefined ? {} : suggestionOf(found);
    const added = await registry.add({ ...suggested, ...withReadPoints(settings) });
    if (!added.ok) return answerProblem(c, added.problem);
    if (from !== undefined) discoveries.forget(from);
    return c.json({ id: added.value.id, driver: added.value.driver }, 201);
  });

  app.openapi(swap, async c => {
    const { id } = c.req.valid("param");
    const swapped = await registry.swap(id, withReadPoints(c.req.valid("json")));
    if (!swapped.ok) return answerProblem(c, swapped.problem);
    return c.json({ id: swapped.value.id, driver: swapped.value.driver }, 200);
  });

  app.openapi(revert, async c => {
    const reverted = await registry.revert(c.req.valid("param").id);
    return reverted.ok ? c.body(null, 204) : answerProblem(c, reverted.problem);
  });
}

/** A scanner on a serial port has a place of its own; for a reader it stands for one read point. */
function withReadPoints({ place, ...settings }: z.infer<typeof Settings>): Readonly<Record<string, unknown>> {
  if (place === undefined) return settings;
  return "mode" in settings ? { ...settings, place } : { ...settings, read_points: [{ place }] };
}

function newDevice(discovery: Discovery): z.infer<typeof NewDevice> {
  const { source, user, messages, firstMs, lastMs, last } = discovery;
  return {
    source,
    ...(user === undefined ? {} : { user }),
    messages,
    first_heard: timeOf(firstMs),
    last_heard: timeOf(lastMs),
    text: Buffer.from(last.subarray(0, textBytes)).toString("utf8"),
    suggested: suggestionOf(discovery),
  };
}
