import { hash } from "node:crypto";
import { answerProblem, OpenAPIHono, problemBody, problemResponses, statusOf, z } from "@tallygate/kit";
import { ok, type Result, refuse, SiteId, Sku } from "@tallygate/protocol";
import type { Context } from "hono";
import type { Ask, AskedLine, Asker } from "../../reservations/ask.ts";
import type { AskResult } from "../../reservations/group-commit.ts";
import { newReservationId } from "../../reservations/id.ts";
import type { ReservationView } from "../../reservations/view.ts";
import { callerOf, guardedRoute, requireSite, sitesOf } from "../access.ts";
import { etagOf, isKnown } from "../etag.ts";
import { body, conditional, json } from "../fields.ts";
import { locatedIn } from "../located.ts";
import { idempotent } from "../once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";
import {
  BulkResult,
  EndOfReservation,
  exampleIds,
  NewReservation,
  NewReservations,
  Reference,
  Reservation,
  ReservationId,
  ReservationState,
} from "../reservation-schemas.ts";

const tags = ["reservations"];
const reads = { permission: "stock.read", sites: "some" } as const;
const writes = { permission: "reservation.write", sites: "some" } as const;
const params = z.object({ id: ReservationId });

const listRoute = guardedRoute(reads, {
  method: "get",
  path: "/reservations",
  tags,
  summary: "Reservations, the newest first",
  request: {
    query: z.object({
      state: ReservationState.optional(),
      sku: Sku.optional(),
      site: SiteId.optional().meta({ description: "Those that hold, or held, something there.", examples: ["lyon"] }),
      reference: Reference.optional(),
      limit: Limit,
      cursor: cursorParam(z.tuple([z.uuid()])),
    }),
  },
  responses: {
    200: json("A page of reservations", pageOf(Reservation)),
    ...problemResponses("request.invalid", "stock.unavailable"),
  },
});

const oneRoute = guardedRoute(reads, {
  method: "get",
  path: "/reservations/{id}",
  tags,
  summary: "One reservation",
  request: { params, headers: conditional },
  responses: {
    200: json("The reservation, with an ETag", Reservation),
    304: { description: "It is what the caller has" },
    ...problemResponses("reservation.unknown", "request.invalid", "stock.unavailable"),
  },
});

const createReservationRoute = guardedRoute(writes, {
  method: "post",
  path: "/reservations",
  tags,
  summary: "Promises stock: all of its lines, or nothing",
  request: { headers: idempotent, body: body(NewReservation) },
  responses: {
    201: json("What is held from now on", Reservation),
    ...problemResponses(
      "reservation.insufficient",
      "reservation.policy",
      "item.unknown",
      "item.family",
      "item.draft",
      "site.unknown",
      "place.unknown",
      "idempotency.reused",
      "request.invalid",
      "stock.unavailable",
    ),
  },
});

const bulkRoute = guardedRoute(writes, {
  method: "post",
  path: "/reservations/bulk",
  tags,
  summary: "Many reservations at once, each granted or refused for itself",
  request: { headers: idempotent, body: body(NewReservations) },
  responses: {
    200: json("What became of each; the whole is kept under the idempotency key", BulkResult),
    ...problemResponses("idempotency.reused", "request.invalid", "stock.unavailable"),
  },
});

const endings = {
  fulfil: "The goods went to whom they were promised; the movement itself is what the site reports",
  release: "The goods are not needed; they are available again",
} as const;
type Ending = keyof typeof endings;

function endRoute<E extends Ending>(ending: E) {
  return guardedRoute(writes, {
    method: "post",
    path: `/reservations/{id}/${ending}`,
    tags,
    summary: endings[ending],
    request: {
      params: z.object({ id: ReservationId.meta({ examples: [exampleIds[ending]] }) }),
      headers: idempotent,
      body: body(EndOfReservation),
    },
    responses: {
      200: json("The reservation as it is now", Reservation),
      ...problemResponses(
        "reservation.unknown",
        "reservation.ended",
        "reservation.of_document",
        "reservation.insufficient",
        "item.unknown",
        "item.family",
        "item.draft",
        "site.unknown",
        "place.unknown",
        "idempotency.reused",
        "request.invalid",
        "stock.unavailable",
      ),
    },
  });
}

interface Asked<T> {
  readonly by: Asker;
  readonly route: string;
  readonly key: string | undefined;
  readonly request: unknown;
  readonly asks: readonly Ask[];
  readonly schema: z.ZodType<T>;
  readonly answer: (results: readonly AskResult[]) => Result<T>;
}

/** Holds on stock (I8): granted from what is available only, and ended once. */
export function reservationRoutes({ reservations }: ApiParts) {
  async function submit<T extends object>(asked: Asked<T>): Promise<Result<T>> {
    const { by, route, key, request, asks, schema } = asked;
    // A key is the caller's own: nobody gets the answer of another one by guessing it.
    const own = `${by.actor} ${route} ${key}`;
    const id = key === undefined ? undefined : { id: half(own), requestHash: half(JSON.stringify(request)) };
    let made: T | undefined;
    const answer = (results: readonly AskResult[]) => {
      const answered = asked.answer(results);
      made = answered.ok ? answered.value : undefined;
      return answered;
    };
    const done = await reservations.submit({ asks: asks.map(ask => ({ ...ask, ...by })), key: id, answer });
    if (!done.ok) return done;
    // What was kept is read; what was made just now is known to fit.
    return ok(made !== undefined && done.value === made ? made : schema.parse(done.value));
  }

  const end = (
    by: Asker,
    ending: Ending,
    id: string,
    request: z.infer<typeof EndOfReservation>,
    key: string | undefined,
  ) =>
    submit({
      by,
      route: `POST /v1/reservations/${id}/${ending}`,
      key,
      request,
      asks: [{ kind: ending, id: id.toLowerCase(), lines: request.lines }],
      schema: Reservation,
      answer: onlyOne,
    });

  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { limit, cursor, ...filter } = c.req.valid("query");
      const rows = await reservations.list(
        { ...filter, within: sitesOf(c) },
        { before: cursor?.[0], limit: limit + 1 },
      );
      const page = cutPage(rows, limit, row => [row.id]);
      return c.json({ items: [...page.rows], next_cursor: page.next_cursor }, 200);
    })
    .openapi(oneRoute, async c => {
      const { id } = c.req.valid("param");
      const found = await reservations.get(id.toLowerCase());
      if (found === undefined || !isWithin(found, sitesOf(c))) {
        return answerProblem(c, { code: "reservation.unknown", detail: `There is no reservation ${id}.` });
      }
      const etag = etagOf(JSON.stringify(found));
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      return c.json(found, 200, { etag, "cache-control": "no-cache" });
    })
    .openapi(createReservationRoute, async c => {
      const request = c.req.valid("json");
      const key = c.req.valid("header")["idempotency-key"];
      const asks = [askOf(request)];
      requireSitesOf(c, request, "body");
      const route = "POST /v1/reservations";
      const made = await submit({ by: askerOf(c), route, key, request, asks, schema: Reservation, answer: onlyOne });
      return made.ok ? c.json(made.value, 201) : answerProblem(c, made.problem);
    })
    .openapi(bulkRoute, async c => {
      const request = c.req.valid("json");
      const key = c.req.valid("header")["idempotency-key"];
      const asks = request.reservations.map(askOf);
      for (const [index, one] of request.reservations.entries()) requireSitesOf(c, one, `body.reservations[${index}]`);
      const route = "POST /v1/reservations/bulk";
      const made = await submit({ by: askerOf(c), route, key, request, asks, schema: BulkResult, answer: eachOf });
      return made.ok ? c.json(made.value, 200) : answerProblem(c, made.problem);
    })
    .openapi(endRoute("fulfil"), async c => {
      const key = c.req.valid("header")["idempotency-key"];
      const ended = await end(askerOf(c), "fulfil", c.req.valid("param").id, c.req.valid("json"), key);
      return ended.ok ? c.json(ended.value, 200) : answerProblem(c, ended.problem);
    })
    .openapi(endRoute("release"), async c => {
      const key = c.req.valid("header")["idempotency-key"];
      const ended = await end(askerOf(c), "release", c.req.valid("param").id, c.req.valid("json"), key);
      return ended.ok ? c.json(ended.value, 200) : answerProblem(c, ended.problem);
    });
}

function askerOf(c: Context): Asker {
  return { actor: callerOf(c), within: sitesOf(c) };
}

/** A reservation is for who may see every site at which it holds something. */
function isWithin({ lines }: ReservationView, within: readonly string[] | undefined): boolean {
  const holds = lines.flatMap(line => line.holds);
  return within === undefined || holds.every(hold => within.includes(hold.site));
}

function requireSitesOf(
  c: Context,
  { lines, sites }: { readonly lines: readonly AskedLine[]; readonly sites: readonly string[] },
  at: string,
): void {
  for (const [index, site] of sites.entries()) requireSite(c, site, `${at}.sites[${index}]`);
  for (const [index, { site }] of lines.entries()) {
    if (site !== undefined) requireSite(c, site, `${at}.lines[${index}].site`);
  }
}

/** The first half of a SHA-256, in the form of a UUID. */
function half(text: string): string {
  const hex = hash("sha256", text, "hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

function askOf({ lines, policy, sites, expires_in_s, reference }: NewReservation): Ask {
  const id = newReservationId();
  return { kind: "reserve", id, policy, reference, expiresInMs: expires_in_s * 1000, lines, sites };
}

function onlyOne([result]: readonly AskResult[]): AskResult {
  if (result === undefined) return refuse("internal", "A request was left without a result.");
  return result.ok ? result : { ok: false, problem: locatedIn(result.problem, "body.") };
}

function eachOf(results: readonly AskResult[]): Result<z.infer<typeof BulkResult>> {
  const shown = results.map((result, index) => {
    if (result.ok) return { reservation: result.value };
    const problem = locatedIn(result.problem, `body.reservations[${index}].`);
    return { problem: problemBody(problem, statusOf(problem.code)) };
  });
  return ok({ results: shown });
}
