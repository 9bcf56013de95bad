import { answerProblem, OpenAPIHono, problemResponses, type z } from "@tallygate/kit";
import { ok, type Problem, type ProblemCode, type Result, refuse } from "@tallygate/protocol";
import type { Context } from "hono";
import { sitesWith } from "../../auth/principal.ts";
import { type ExceptionRow, readException, readExceptionIds } from "../../db/exceptions/read.ts";
import type { Client } from "../../db/pool.ts";
import type { Deciding, Decision } from "../../exceptions/ask.ts";
import { problemsOf } from "../../exceptions/kinds.ts";
import { exceptionLimits } from "../../exceptions/limits.ts";
import { resendBytes } from "../../exceptions/resend.ts";
import { type Resolved, resolveException, settleExceptions } from "../../exceptions/resolve.ts";
import { refusalOf } from "../../exceptions/settled.ts";
import { openLedger } from "../../ingest/apply.ts";
import { Names } from "../../reservations/names.ts";
import { callerOf, guardedRoute, sitesOf } from "../access.ts";
import { etagOf, expected, isExpected } from "../etag.ts";
import { BulkDecided, BulkDecisionBody, DecisionBody, ExceptionView, exceptionParams } from "../exception-schemas.ts";
import { itemOf, statesOf, type View, viewOf } from "../exception-views.ts";
import { body, json } from "../fields.ts";
import { apiLimits } from "../limits.ts";
import { type Done, idempotent, once, refusable } from "../once.ts";
import type { ApiParts } from "../parts.ts";
import { findException } from "./exceptions.ts";

const tags = ["exceptions"];
const resolves = { permission: "exception.resolve", sites: "some" } as const;
const usual = ["request.invalid", "stock.unavailable"] as const;

const decisionProblems = [
  "exception.unknown",
  "exception.changed",
  "exception.resolved",
  "exception.action",
  "exception.remains",
  "item.unknown",
  "item.exists",
  "item.pack",
  "item.family",
  "item.counted",
  "item.no_code",
  "place.unknown",
  "movement.code_unknown",
  "movement.meaningless",
  "movement.not_matchable",
  "document.unknown",
  "document.state",
  "document.line",
  "stock.insufficient",
  "code.check_digit",
  "webhook.unknown",
  "idempotency.reused",
  ...usual,
] as const satisfies readonly ProblemCode[];

const resolveRoute = guardedRoute(resolves, {
  method: "post",
  path: "/exceptions/{id}/resolve",
  tags,
  summary: "Decides about an exception: of two who do at once, the second learns who was first and changes nothing",
  description:
    "Which actions an exception allows, `actions` says. `bind` gives the code a meaning at every site, and needs the permission code.bind at the exception's site besides.",
  request: {
    params: exceptionParams("resolve"),
    headers: idempotent.extend(expected.shape),
    body: body(DecisionBody),
  },
  responses: { 200: json("The exception as it is now", ExceptionView), ...problemResponses(...decisionProblems) },
});

const bulkRoute = guardedRoute(resolves, {
  method: "post",
  path: "/exceptions/resolve",
  tags,
  summary: "Decides the same about many exceptions, with an answer for each",
  description: `At most ${exceptionLimits.bulkMax} of them. \`ignore\` and \`done\` are one transaction; of the others, each exception has its own.`,
  request: { headers: idempotent, body: body(BulkDecisionBody) },
  responses: { 200: json("What became of each", BulkDecided), ...problemResponses(...decisionProblems) },
});

/** What a person decides about exceptions, one or many. */
export function exceptionDecisionRoutes({ pool, relay, log }: ApiParts) {
  const ledger = openLedger({ pool, log });
  const names = new Names();

  const tell = ({ commits, catalogueVersion }: Pick<Resolved, "commits" | "catalogueVersion">) => {
    if (catalogueVersion !== undefined) relay.catalogueChanged(catalogueVersion);
    if (commits.length > 0) relay.publishCommits(commits);
  };

  /** Decides about one exception in a transaction of its own; bytes are applied before it, as ingest does. */
  async function decideOne(
    row: ExceptionRow,
    decision: Decision,
    deciding: Deciding,
    run: (work: (client: Client) => Promise<Result<Done<View>>>) => Promise<Result<View>>,
    seen?: (row: ExceptionRow) => Result<unknown>,
  ): Promise<Result<View>> {
    if (decision.action === "resend" && row.problem !== "webhook.dead_letter" && !refusalOf(row, "resend")) {
      const resent = await resendBytes(ledger, row);
      if (!resent.ok) return resent;
      relay.publishCommits(resent.value);
    }
    return run(async client => {
      const done = await resolveException(client, row.id, decision, deciding, seen);
      if (!done.ok) return done;
      return ok({ answer: viewOf(done.value.row), afterCommit: () => tell(done.value) });
    });
  }

  /** As `once`, without a key. */
  async function atOnce(work: (client: Client) => Promise<Result<Done<View>>>): Promise<Result<View>> {
    const done = await refusable(pool, work);
    if (!done.ok) return done;
    done.value.afterCommit?.();
    return ok(done.value.answer);
  }

  /** Decides about each in a transaction of its own: one that is refused keeps no other from it. */
  async function decideEach(c: Context, ids: readonly number[], decision: Decision, deciding: Deciding) {
    const results: { readonly id: number; readonly result: Result<unknown> }[] = [];
    for (const id of ids) {
      const row = await readException(pool, id);
      const result =
        row === undefined || !mayDecide(row, sitesOf(c))
          ? refuse("exception.unknown", `There is no exception ${id}.`)
          : decision.action === "bind" && !mayBind(c, row)
            ? notToBind(row)
            : await decideOne(row, decision, deciding, atOnce);
      results.push({ id, result });
    }
    const states = await statesOf(pool, ids);
    return results.map(({ id, result }) => itemOf(id, result, states));
  }

  return new OpenAPIHono()
    .openapi(bulkRoute, async c => {
      const { ids, filter, decision } = c.req.valid("json");
      const sites = sitesOf(c);
      const found = ids ?? (await readExceptionIds(pool, filterOf(filter, sites), exceptionLimits.bulkMax + 1));
      const chosen = found.slice(0, exceptionLimits.bulkMax);
      const more = found.length > chosen.length;
      const deciding = decidingOf(c, names);
      if (decision.action === "ignore" || decision.action === "done") {
        const done = await once({
          pool,
          route: "POST /v1/exceptions/resolve",
          key: c.req.valid("header")["idempotency-key"],
          request: c.req.valid("json"),
          schema: BulkDecided,
          async work(client) {
            const settled = await settleExceptions(client, chosen, decision, deciding, row => mayDecide(row, sites));
            const states = await statesOf(client, chosen);
            const items = settled.map(({ id, result }) => itemOf(id, result, states));
            return ok({ answer: { items, more } });
          },
        });
        return done.ok ? c.json(done.value, 200) : answerProblem(c, done.problem);
      }
      const items = await decideEach(c, chosen, decision, deciding);
      return c.json({ items, more }, 200);
    })
    .openapi(resolveRoute, async c => {
      const { id } = c.req.valid("param");
      const decision = c.req.valid("json");
      const found = await findException(c, pool, id);
      if (!found.ok) return answerProblem(c, found.problem);
      if (decision.action === "bind" && !mayBind(c, found.value))
        return answerProblem(c, notToBind(found.value).problem);
      const late = laterThan(decision);
      if (late !== undefined) return answerProblem(c, late);
      const key = c.req.valid("header")["idempotency-key"];
      const done = await decideOne(
        found.value,
        decision,
        decidingOf(c, names),
        work =>
          once({
            pool,
            route: `POST /v1/exceptions/${id}/resolve`,
            key,
            request: decision,
            schema: ExceptionView,
            work,
          }),
        row => (isExpected(c, etagOf(JSON.stringify(viewOf(row)))) ? ok(undefined) : changed(row)),
      );
      return done.ok ? c.json(done.value, 200) : answerProblem(c, done.problem);
    });
}

function decidingOf(c: Context, names: Names): Deciding {
  return { actor: callerOf(c), cause: c.get("principal").kind, nowMs: Date.now(), names };
}

/** Whoever may resolve exceptions at a site does not thereby say what a code means, for that it means everywhere. */
function mayBind(c: Context, { site }: ExceptionRow): boolean {
  const sites = sitesWith(c.get("principal"), "code.bind");
  return sites === "all" || (site !== null && sites.has(site));
}

function notToBind({ site }: ExceptionRow) {
  const where = site === null ? "all sites" : `the site ${site}`;
  const detail = `To bind a code needs the permission code.bind at ${where} besides, which a site manager has; ask one of them.`;
  return refuse("access.denied", detail, { at: "body.action" });
}

function mayDecide({ site }: ExceptionRow, sites: readonly string[] | undefined): boolean {
  return sites === undefined || (site !== null && sites.includes(site));
}

function filterOf(filter: z.infer<typeof BulkDecisionBody>["filter"], sites: readonly string[] | undefined) {
  const { kind, ...rest } = filter ?? { state: "open" as const };
  return { ...rest, kind: kind && problemsOf(kind), sites };
}

function changed({ id }: ExceptionRow): Result<never> {
  const detail = `The exception ${id} has changed since the version that if-match names; read it again and decide anew.`;
  return refuse("exception.changed", detail, { at: "header.if-match" });
}

/** The first movement that has yet to happen, by a clock that may be a little slow. */
function laterThan(decision: Decision): Problem | undefined {
  const latest = Date.now() + apiLimits.clockSkewMs;
  const times =
    decision.action === "mend"
      ? decision.movements.map(({ event_time }, index) => [event_time, `body.movements[${index}].event_time`] as const)
      : decision.action === "decide"
        ? [[decision.event_time, "body.event_time"] as const]
        : [];
  const found = times.find(([time]) => time !== undefined && Date.parse(time) > latest);
  return (
    found && { code: "request.invalid", detail: "The time is in the future; record what has happened.", at: found[1] }
  );
}
