import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { limits, PlaceCode } from "@tallygate/protocol";
import { type WorkedLine as Asked, carryOutByHand } from "../documents/carry-out.ts";
import { kindOf } from "../documents/kinds.ts";
import { documentLimits } from "../documents/limits.ts";
import { type Work, works as worksByHand } from "../documents/work.ts";
import { Names } from "../reservations/names.ts";
import { guardedRoute } from "./access.ts";
import {
  changeProblems,
  changer,
  type DocumentRoutesOptions,
  documentParams,
  nameOf,
  works,
} from "./document-routes.ts";
import { asked, DocumentHeaders } from "./document-schemas.ts";
import { body, exactText, json } from "./fields.ts";
import { locatedIn } from "./located.ts";
import { idempotent } from "./once.ts";
import type { ApiParts } from "./parts.ts";

export const WorkedLine = {
  line: z.int().min(1).max(documentLimits.linesMax).meta({ description: "The number of the document's line." }),
  quantity: z.int().min(1).max(limits.quantityMax),
  lot: asked.lot,
  serial: exactText(documentLimits.lotCharsMax)
    .optional()
    .meta({ description: "Which thing it is, with a quantity of 1." }),
};

const from = PlaceCode.optional().meta({ description: "The place that it leaves; without one, where it is held." });
const to = PlaceCode.optional().meta({ description: "The place that it comes to." });

/** What the lines of a work are asked with: a place where it is one of the site's. */
function linesOf(work: Work): z.ZodType<readonly Asked[]> {
  const both = z.strictObject({ ...WorkedLine, from, to });
  const line: z.ZodType<Asked> =
    work.from !== undefined ? both.omit({ from: true }) : work.to !== undefined ? both.omit({ to: true }) : both;
  const example = {
    line: 1,
    quantity: 1,
    ...(work.from === undefined && { from: "dock-2" }),
    ...(work.to === undefined && { to: "dock-1" }),
  };
  return z
    .array(line)
    .min(1)
    .max(documentLimits.linesMax)
    .meta({ examples: [[example]] });
}

/** What a kind of documents is carried out with by hand: `POST /v1/orders/{id}/pick`. */
export function workRoutes<T extends object>(parts: ApiParts, options: DocumentRoutesOptions<T>): OpenAPIHono {
  const app = new OpenAPIHono();
  for (const work of worksByHand) if (work.kind === options.kind) app.route("/", workRoute(parts, options, work));
  return app;
}

function workRoute<T extends object>(parts: ApiParts, { kind, schema }: DocumentRoutesOptions<T>, work: Work) {
  const path = kindOf(kind).path.replace("/v1", "");
  const route = guardedRoute(works, {
    method: "post",
    path: `${path}/{id}/${work.name}`,
    tags: [path.slice(1)],
    summary: work.summary,
    request: {
      params: documentParams(kind, work.name),
      headers: idempotent.extend(DocumentHeaders.shape),
      body: body(z.strictObject({ lines: linesOf(work), reason: asked.reason })),
    },
    responses: {
      200: json("The document as it is now; the movements are in the ledger", schema),
      ...changeProblems,
      ...problemResponses(
        "document.line",
        "stock.insufficient",
        "item.no_code",
        "code.value",
        "place.unknown",
        "movement.meaningless",
      ),
    },
  });
  const names = new Names();
  const change = changer(parts, { kind, schema });
  return new OpenAPIHono().openapi(route, async c => {
    const headers = c.req.valid("header");
    const request = c.req.valid("json");
    const name = nameOf(c, kind, c.req.valid("param").id, headers);
    const { lines, reason } = request;
    const done = await change(work.name, name, { headers, body: request }, async client => {
      const carried = await carryOutByHand(client, names, { name, work, lines, reason });
      return carried.ok ? carried : { ok: false, problem: locatedIn(carried.problem, "body.") };
    });
    return done.ok ? c.json(done.value, 200) : answerProblem(c, done.problem);
  });
}
