import { answerProblem, createApi, createRoute, eventStream, type Log, problemResponses, z } from "@tallygate/kit";
import type { Problem } from "@tallygate/protocol";
import type { Registry } from "prom-client";
import type { SiteView } from "../site-view.ts";
import { type DeviceRoutesOptions, mountDeviceRoutes } from "./device-routes.ts";
import { limits } from "./limits.ts";
import { mountListRoutes } from "./list-routes.ts";
import type { Live } from "./live.ts";
import { mountPage } from "./page.ts";
import { mountScannerRoutes } from "./scanner-routes.ts";
import {
  DeviceLine,
  deviceLine,
  ExceptionLine,
  exceptionLine,
  MovementLine,
  movementLines,
  ReadingLine,
  readingLine,
  StatusBody,
  StockLine,
  statusBody,
  stockLine,
} from "./shapes.ts";

export interface EdgeApiOptions {
  readonly view: SiteView;
  readonly live: Live;
  readonly devices: DeviceRoutesOptions;
  readonly metrics: Registry;
  readonly log: Log;
  /** Where the built page is. */
  readonly page: string;
}

const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(limits.rowsMax)
  .default(limits.rowsDefault)
  .meta({ description: "Rows of the answer at most." });
const text = z.string().max(512);
const ok = <S extends z.ZodType>(description: string, schema: S) => ({
  description,
  content: { "application/json": { schema } },
});

const stock = createRoute({
  method: "get",
  path: "/api/stock",
  summary: "Stock of the site: confirmed by the centre, pending, and both together",
  request: {
    query: z.object({
      sku: text.optional().meta({ description: "One item." }),
      q: text.optional().meta({ description: "Beginning of the SKU, part of the name, or a class key." }),
      after: text
        .optional()
        .meta({ description: "The SKU after which the answer begins: `next` of the answer before." }),
      limit,
    }),
  },
  responses: {
    200: ok("The items, by SKU", z.object({ stock: z.array(StockLine), next: z.string().optional() })),
    ...problemResponses("request.invalid", "item.unknown"),
  },
});

const movements = createRoute({
  method: "get",
  path: "/api/movements",
  summary: "Movements of the site, the latest first",
  request: {
    query: z.object({
      before: z
        .string()
        .regex(/^[0-9a-f]{16}:\d{1,15}$/, "EPOCH:SEQ")
        .optional()
        .meta({ description: "The movement before which the answer begins: `next` of the answer before." }),
      limit,
    }),
  },
  responses: {
    200: ok("The movements", z.object({ movements: z.array(MovementLine), next: z.string().optional() })),
    ...problemResponses("request.invalid"),
  },
});

const readings = createRoute({
  method: "get",
  path: "/api/readings",
  summary: "What was read, the latest first",
  request: {
    query: z.object({
      device: text.optional(),
      code: text.optional().meta({ description: "Part of the EPC or of the scan." }),
      from: z.iso.datetime({ offset: true }).optional(),
      to: z.iso.datetime({ offset: true }).optional(),
      limit,
    }),
  },
  responses: {
    200: ok("The readings", z.object({ readings: z.array(ReadingLine) })),
    ...problemResponses("request.invalid"),
  },
});

const devices = createRoute({
  method: "get",
  path: "/api/devices",
  summary: "The site's devices and how they are",
  responses: { 200: ok("The devices", z.object({ devices: z.array(DeviceLine) })) },
});

const exceptions = createRoute({
  method: "get",
  path: "/api/exceptions",
  summary: "What waits for a person, the latest first",
  request: {
    query: z.object({
      state: z.enum(["open", "resolved"]).optional(),
      before: z.coerce.number().int().min(1).optional().meta({ description: "`next` of the answer before." }),
      limit,
    }),
  },
  responses: {
    200: ok("The exceptions", z.object({ exceptions: z.array(ExceptionLine), next: z.int().optional() })),
    ...problemResponses("request.invalid"),
  },
});

const exceptionBytes = createRoute({
  method: "get",
  path: "/api/exceptions/{id}/bytes",
  summary: "What came, as it came, up to the limit",
  request: { params: z.object({ id: z.coerce.number().int().min(1) }) },
  responses: {
    200: { description: "The bytes", content: { "application/octet-stream": { schema: z.string() } } },
    ...problemResponses("request.invalid", "route.unknown"),
  },
});

const status = createRoute({
  method: "get",
  path: "/api/status",
  summary: "How the site is: link, backlog, cursor, alarms",
  responses: { 200: ok("The status", StatusBody) },
});

/** The site's HTTP API and its page. It answers with the link down as well, and sets nothing but the modes of scanners. */
export function createEdgeApi({ view, live, devices: deviceRoutes, metrics, log, page }: EdgeApiOptions) {
  const { store } = view;
  const app = createApi({
    title: "Tallygate edge",
    version: "1",
    description: "The site's own view: stock, movements, readings, devices and what waits for a person.",
    metrics,
    ready: () => Promise.resolve(notReady(view)),
    log,
  });

  app.openapi(stock, c => {
    const { sku, q, after, limit } = c.req.valid("query");
    const found = store.stock({
      ...(sku === undefined ? {} : { sku }),
      ...(q === undefined ? {} : { search: q }),
      ...(after === undefined ? {} : { after }),
      limit,
    });
    if (sku !== undefined && found.length === 0) {
      const detail = `No item of the catalogue here has the SKU ${sku}, and nothing of it is at the site.`;
      return answerProblem(c, { code: "item.unknown", detail, at: "query.sku" });
    }
    const next = found.length === limit ? found.at(-1)?.sku : undefined;
    const unknown =
      sku !== undefined || after !== undefined
        ? []
        : store.unknownStock(limit).filter(({ name }) => q === undefined || name.includes(q));
    const lines = [...found, ...unknown].map(stockLine);
    return c.json({ stock: lines, ...(next === undefined ? {} : { next }) }, 200);
  });

  app.openapi(movements, c => {
    const { before, limit } = c.req.valid("query");
    const [epoch = "", seq] = before?.split(":") ?? [];
    const found = store.movements({ ...(before === undefined ? {} : { before: { epoch, seq: Number(seq) } }), limit });
    const last = found.length === limit ? found.at(-1) : undefined;
    const lines = movementLines(view, found);
    return c.json({ movements: lines, ...(last === undefined ? {} : { next: `${last.epoch}:${last.seq}` }) }, 200);
  });

  app.openapi(readings, c => {
    const { device, code, from, to, limit } = c.req.valid("query");
    const found = store.readings({
      ...(device === undefined ? {} : { deviceId: device }),
      ...(code === undefined ? {} : { code }),
      ...(from === undefined ? {} : { fromMs: Date.parse(from) }),
      ...(to === undefined ? {} : { toMs: Date.parse(to) }),
      limit,
    });
    return c.json({ readings: found.map(readingLine) }, 200);
  });

  mountDeviceRoutes(app, deviceRoutes);
  app.openapi(devices, c => c.json({ devices: view.devices().map(deviceLine) }, 200));
  mountScannerRoutes(app, view);
  mountListRoutes(app, view);
  app.openapi(status, c => c.json(statusBody(view), 200));

  app.openapi(exceptions, c => {
    const { state, before, limit } = c.req.valid("query");
    const found = store.exceptions({
      ...(state === undefined ? {} : { state }),
      ...(before === undefined ? {} : { before }),
      limit,
    });
    const next = found.length === limit ? found.at(-1)?.id : undefined;
    return c.json({ exceptions: found.map(exceptionLine), ...(next === undefined ? {} : { next }) }, 200);
  });

  app.openapi(exceptionBytes, c => {
    const { id } = c.req.valid("param");
    const found = store.exceptions({ before: id + 1, limit: 1 })[0];
    if (found?.id !== id) return answerProblem(c, { code: "route.unknown", detail: `There is no exception ${id}.` });
    // What came is not ours: no browser may take it for a page.
    const headers = {
      "content-disposition": `attachment; filename="exception-${id}"`,
      "x-content-type-options": "nosniff",
    };
    return c.body(new Uint8Array(found.bytes), 200, { "content-type": "application/octet-stream", ...headers });
  });

  app.get("/api/stream", c => {
    if (live.full) {
      const detail = `There are ${limits.streamsMax} event streams already; close a page and try again.`;
      return answerProblem(c, { code: "internal", detail }, 503);
    }
    return eventStream(c, client => live.subscribe(client));
  });

  mountPage(app, page, log);
  return app;
}

function notReady({ inbox }: SiteView): Problem | undefined {
  const { failure } = inbox;
  return failure && { code: "internal", detail: `Readings cannot be stored: ${failure.message}` };
}
