import { type ApiEnv, answerProblem, createRoute, type OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { DeviceId, PlaceCode } from "@tallygate/protocol";
import { scanModes } from "../core/scanner/modes.ts";
import type { SiteView } from "../site-view.ts";
import { DeviceLine, deviceLine } from "./shapes.ts";

const setMode = createRoute({
  method: "put",
  path: "/api/devices/{id}/mode",
  summary: "Set what a scanner's scans do from now on, as its command barcodes would",
  request: {
    params: z.object({ id: z.string().max(64) }),
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            mode: z.enum(scanModes),
            place: PlaceCode.optional().meta({
              description:
                "Where it works from now on; absent: at its own place. In mode move: the place that goods leave.",
            }),
          }),
        },
      },
    },
  },
  responses: {
    200: { description: "The device in its new mode", content: { "application/json": { schema: DeviceLine } } },
    ...problemResponses(
      "request.invalid",
      "request.not_json",
      "device.unknown",
      "device.no_scanner",
      "place.unknown",
      "store.unavailable",
    ),
  },
});

/** What a person may set at a scanner from the site's page. */
export function mountScannerRoutes(app: OpenAPIHono<ApiEnv>, view: SiteView): void {
  app.openapi(setMode, async c => {
    const { id } = c.req.valid("param");
    const { mode, place } = c.req.valid("json");
    const find = () => view.devices().find(device => device.id === id);
    const deviceId = DeviceId.safeParse(id);
    if (!deviceId.success || find() === undefined) {
      return answerProblem(c, { code: "device.unknown", detail: `There is no device ${id}.`, at: "params.id" });
    }
    const answer = await view.order({ deviceId: deviceId.data, mode, ...(place === undefined ? {} : { place }) });
    const device = find();
    if (answer === undefined || device === undefined) {
      const detail = "The mode could not be stored in time; look at the device before you try again.";
      return answerProblem(c, { code: "store.unavailable", detail });
    }
    const { problem, detail = "" } = answer;
    if (problem !== undefined) return answerProblem(c, { code: problem, detail });
    return c.json(deviceLine(device), 200);
  });
}
