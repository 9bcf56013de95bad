import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { ok, type Problem, type ProblemCode, type Result } from "@tallygate/protocol";
import type { Context } from "hono";
import type { Asking } from "../../counts/advance.ts";
import type { Counts } from "../../counts/counts.ts";
import { approveCount, cancelCount, recount, rejectCount, startCount, submitCount } from "../../counts/decide.ts";
import { enter } from "../../counts/entries.ts";
import type { Count } from "../../counts/model.ts";
import { findCount, versionTag, viewCount } from "../../counts/view.ts";
import type { Client } from "../../db/pool.ts";
import { callerOf, guardedRoute, requireSite } from "../access.ts";
import {
  Approval,
  Cancellation,
  CountView,
  countParams,
  type exampleCountIds,
  NewEntries,
  Recount,
  Rejection,
  Submission,
} from "../count-schemas.ts";
import { expected } from "../etag.ts";
import { body, json } from "../fields.ts";
import { idempotent, once } from "../once.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["counts"];
const counting = { permission: "count.write", sites: "some" } as const;
const approving = { permission: "count.approve", sites: "some" } as const;

const changeProblems = [
  "count.unknown",
  "count.state",
  "count.changed",
  "count.out_of_scope",
  "place.unknown",
  "item.unknown",
  "idempotency.reused",
  "request.invalid",
  "stock.unavailable",
] as const;

function stepRoute<P extends string, B extends z.ZodType>(
  access: typeof counting | typeof approving,
  path: P,
  example: keyof typeof exampleCountIds,
  { summary, schema, problems = [] }: { summary: string; schema: B; problems?: readonly ProblemCode[] },
) {
  return guardedRoute(access, {
    method: "post",
    path: `/counts/{id}/${path}` as const,
    tags,
    summary,
    request: { params: countParams(example), headers: idempotent.extend(expected.shape), body: body(schema) },
    responses: { 200: json("The count as it is now", CountView), ...problemResponses(...changeProblems, ...problems) },
  });
}

const Nothing = z.strictObject({}).openapi("CountStart", { examples: [{}] });
const startRoute = stepRoute(counting, "start", "start", { summary: "Begins counting", schema: Nothing });
const enterRoute = stepRoute(counting, "entries", "enter", {
  summary:
    "Says what was found. What the same caller says of the same code at the same place replaces what it said before",
  schema: NewEntries,
  problems: ["count.no_code"],
});
const recountRoute = stepRoute(counting, "recount", "recount", {
  summary: "Has lines or whole places counted once more; what was found there is forgotten",
  schema: Recount,
});
const submitRoute = stepRoute(counting, "submit", "submit", {
  summary: "Hands the count in. What is within its limits is posted, the rest waits for somebody who did not count",
  schema: Submission,
  problems: ["count.incomplete", "count.serial_needed", "count.no_code"],
});
const cancelRoute = stepRoute(counting, "cancel", "cancel", { summary: "Gives the count up", schema: Cancellation });
const approveRoute = stepRoute(approving, "approve", "approve", {
  summary: "Approves what was handed in, or the correction that a late movement made necessary; stock follows",
  schema: Approval,
  problems: ["count.four_eyes"],
});
const rejectRoute = stepRoute(approving, "reject", "reject", {
  summary: "Does not believe it: it is counted again or given up. Of a correction: stock stays as it is",
  schema: Rejection,
});

type Work = (client: Client, asking: Asking) => Promise<Result<Count>>;
interface StepHeaders {
  readonly "idempotency-key"?: string | undefined;
  readonly "if-match"?: string | undefined;
}

/** Who asks for what is done to a count, and when. */
export function askingOf(c: Context, counts: Pick<Counts, "now">): Asking {
  return { actor: callerOf(c), nowMs: counts.now(), allow: site => requireSite(c, site) };
}

/** What is done to a count from its start to its end, as `counts/machine.ts` allows it. */
export function countStepRoutes({ pool, counts }: ApiParts) {
  /** A step of a count, once for its key, and only of the version that the caller has seen, where it names one. */
  async function take(
    c: Context,
    id: string,
    request: unknown,
    headers: StepHeaders,
    work: Work,
  ): Promise<Result<z.infer<typeof CountView>>> {
    const match = headers["if-match"];
    return once({
      pool,
      route: `POST ${new URL(c.req.url).pathname} ${callerOf(c)}`,
      key: headers["idempotency-key"],
      request: [request, match],
      schema: CountView,
      async work(client) {
        const stale = await findStale(client, id, match);
        if (stale !== undefined) return { ok: false, problem: stale };
        const done = await work(client, askingOf(c, counts));
        return done.ok ? ok({ answer: await viewCount(client, done.value) }) : done;
      },
    });
  }

  /** As {@link take}, and what is approved by it is posted, as far as that is quickly done. */
  async function takeAndSettle(...asked: Parameters<typeof take>): ReturnType<typeof take> {
    const taken = await take(...asked);
    if (!taken.ok || taken.value.state !== "approved") return taken;
    await counts.settle(taken.value.id);
    const count = await findCount(pool, taken.value.id);
    return count === undefined ? taken : ok(await viewCount(pool, count));
  }

  return new OpenAPIHono()
    .openapi(startRoute, async c => {
      const { id } = c.req.valid("param");
      const taken = await take(c, id, {}, c.req.valid("header"), (client, asking) => startCount(client, id, asking));
      return taken.ok ? c.json(taken.value, 200) : answerProblem(c, taken.problem);
    })
    .openapi(enterRoute, async c => {
      const { id } = c.req.valid("param");
      const given = c.req.valid("json");
      const taken = await take(c, id, given, c.req.valid("header"), (client, asking) =>
        enter(client, id, given, asking),
      );
      return taken.ok ? c.json(taken.value, 200) : answerProblem(c, taken.problem);
    })
    .openapi(recountRoute, async c => {
      const { id } = c.req.valid("param");
      const { lines } = c.req.valid("json");
      const taken = await take(c, id, lines, c.req.valid("header"), (client, asking) =>
        recount(client, id, lines, asking),
      );
      return taken.ok ? c.json(taken.value, 200) : answerProblem(c, taken.problem);
    })
    .openapi(submitRoute, async c => {
      const { id } = c.req.valid("param");
      const { partial } = c.req.valid("json");
      const { priceList } = counts;
      const taken = await takeAndSettle(c, id, { partial }, c.req.valid("header"), (client, asking) =>
        submitCount(client, id, { partial, priceList }, asking),
      );
      return taken.ok ? c.json(taken.value, 200) : answerProblem(c, taken.problem);
    })
    .openapi(cancelRoute, async c => {
      const { id } = c.req.valid("param");
      const { remark } = c.req.valid("json");
      const taken = await take(c, id, { remark }, c.req.valid("header"), (client, asking) =>
        cancelCount(client, id, remark, asking),
      );
      return taken.ok ? c.json(taken.value, 200) : answerProblem(c, taken.problem);
    })
    .openapi(approveRoute, async c => {
      const { id } = c.req.valid("param");
      const { reasons, remark } = c.req.valid("json");
      const taken = await takeAndSettle(c, id, { reasons, remark }, c.req.valid("header"), (client, asking) =>
        approveCount(client, id, { reasons, remark }, asking),
      );
      return taken.ok ? c.json(taken.value, 200) : answerProblem(c, taken.problem);
    })
    .openapi(rejectRoute, async c => {
      const { id } = c.req.valid("param");
      const { remark } = c.req.valid("json");
      const taken = await take(c, id, { remark }, c.req.valid("header"), (client, asking) =>
        rejectCount(client, id, remark, asking),
      );
      return taken.ok ? c.json(taken.value, 200) : answerProblem(c, taken.problem);
    });
}

/** Whether the count is another one than the caller has seen. */
async function findStale(client: Client, id: string, match: string | undefined): Promise<Problem | undefined> {
  if (match === undefined || match.trim() === "*") return undefined;
  const count = await findCount(client, id);
  if (count === undefined) return undefined;
  const tag = versionTag(count);
  if (match.split(",").some(each => each.trim() === tag)) return undefined;
  const detail = `The count has changed since the version that if-match names; it is ${tag} now. Read it again and decide anew.`;
  return { code: "count.changed", detail, at: "header.if-match" };
}
