import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { Epoch, ok, type Result, refuse, SiteId } from "@tallygate/protocol";
import { Checked, faultKinds } from "../../audit/fault.ts";
import { auditLimits } from "../../audit/limits.ts";
import { Position } from "../../audit/position.ts";
import { Seal, SealKey } from "../../audit/seal.ts";
import { makeSeal, publicKeys, sealOf } from "../../audit/sealed.ts";
import { verify } from "../../audit/verify.ts";
import { start } from "../../audit/walk.ts";
import { readSeal, readSeals, type SealRow } from "../../db/audit/seals.ts";
import { type AuditState as AuditRow, findEpoch, readAuditState } from "../../db/audit/state.ts";
import { findSite } from "../../db/queries/sites.ts";
import { transaction } from "../../db/transaction.ts";
import { guardedRoute, requireAllSites } from "../access.ts";
import { fields, json } from "../fields.ts";
import { idempotent, once } from "../once.ts";
import { cursorParam, cutPage, encodeCursor, Limit, nextCursor, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["audit"];
const some = { permission: "audit.read", sites: "some" } as const;
const all = { permission: "audit.read", sites: "all" } as const;

const Fault = z.object({
  kind: z.enum(faultKinds),
  site: fields.site.nullable(),
  epoch: fields.epoch.nullable(),
  seq: z.int().nullable(),
  detail: z.string(),
});

const Verified = z
  .object({
    ok: z.boolean().meta({ description: "Whether what was looked at agrees." }),
    done: z.boolean().meta({ description: "Whether all that was asked for was looked at." }),
    checked: Checked.meta({ description: "How much was looked at." }),
    first_fault: Fault.nullable(),
    next_cursor: nextCursor,
  })
  .openapi("Verified");

const verifyRoute = guardedRoute(some, {
  method: "get",
  path: "/audit/verify",
  tags,
  summary: "Recomputes the ledger's chains, postings, balances, tags and seals, and names the first row that disagrees",
  description: `An answer looks at ${auditLimits.answerRowsMax} rows or for ${auditLimits.answerMs / 1000} s; \`next_cursor\` goes on, also behind a fault. With a site or epoch only its chain and postings are looked at.`,
  request: {
    query: z.object({
      site: SiteId.optional(),
      epoch: Epoch.optional(),
      from_seq: z.coerce
        .number<string>()
        .int()
        .min(1)
        .optional()
        .meta({ description: "From this sequence of the epoch on; the hash before it is believed.", examples: [1] }),
      cursor: cursorParam(Position),
    }),
  },
  responses: {
    200: json("What was found", Verified),
    ...problemResponses("site.unknown", "epoch.unknown", "request.invalid", "stock.unavailable"),
  },
});

const State = z
  .object({
    pass_began: fields.time.nullable().meta({ description: "Null between two passes." }),
    phase: z.string().nullable().meta({ description: "chain, balances, tags or seals." }),
    checked: Checked.nullable(),
    faults: z.int().meta({ description: "Found by this pass; each is an exception `audit.fault`." }),
    last_full_pass: z.object({ began: fields.time, ended: fields.time, checked: Checked, faults: z.int() }).nullable(),
  })
  .openapi("AuditState");

const stateRoute = guardedRoute(all, {
  method: "get",
  path: "/audit/state",
  tags,
  summary: "How far the standing auditor is, and how its last full pass ended",
  responses: { 200: json("The state", State), ...problemResponses("stock.unavailable") },
});

const SealHead = Seal.omit({ epochs: true }).extend({ epoch_count: z.int() }).openapi("SealHead");

const sealsRoute = guardedRoute(all, {
  method: "get",
  path: "/audit/seals",
  tags,
  summary: "Seals, the newest first",
  request: { query: z.object({ limit: Limit, cursor: cursorParam(z.tuple([z.int().min(1)])) }) },
  responses: {
    200: json("A page of seals, without their epochs", pageOf(SealHead)),
    ...problemResponses("request.invalid", "stock.unavailable"),
  },
});

const sealRoute = guardedRoute(all, {
  method: "get",
  path: "/audit/seals/{number}",
  tags,
  summary: "One seal, as the offline checker reads it",
  request: {
    params: z.object({
      number: z.coerce
        .number<string>()
        .int()
        .min(1)
        .meta({ examples: [1] }),
    }),
  },
  responses: {
    200: json("The seal", Seal.openapi("Seal")),
    ...problemResponses("seal.unknown", "request.invalid", "stock.unavailable"),
  },
});

const makeSealRoute = guardedRoute(
  { permission: "audit.write", sites: "all" },
  {
    method: "post",
    path: "/audit/seals",
    tags,
    summary: "Seals the ledger as it is now; this is done once a day by itself",
    request: { headers: idempotent },
    responses: {
      201: json("The new seal", Seal),
      ...problemResponses("idempotency.reused", "request.invalid", "stock.unavailable"),
    },
  },
);

const keyRoute = guardedRoute(some, {
  method: "get",
  path: "/audit/key",
  tags,
  summary: "The public keys that seals are signed with, the newest first",
  responses: {
    200: json(
      "A set of keys in the form of RFC 7517 and RFC 8037",
      z.object({ keys: z.array(SealKey.openapi("SealKey")) }),
    ),
    ...problemResponses("stock.unavailable"),
  },
});

/** The ledger tested against itself, and what proves later what it was. */
export function auditRoutes({ pool }: ApiParts) {
  return new OpenAPIHono()
    .openapi(verifyRoute, async c => {
      const { site, epoch, from_seq, cursor } = c.req.valid("query");
      if (site === undefined) requireAllSites(c, "Name a site, or ask");
      const found = await whereToBegin({ pool }, { site, epoch, from_seq });
      if (!found.ok) return answerProblem(c, found.problem);
      const { answerRowsMax: rowsMax, answerMs: deadlineMs } = auditLimits;
      const { checked, fault, position } = await verify(pool, {
        from: cursor ?? found.value,
        scope: { site, epoch },
        rowsMax,
        deadlineMs,
      });
      const done = position.phase === "done";
      const body = { ok: fault === undefined, done, checked, first_fault: fault ?? null };
      return c.json({ ...body, next_cursor: done ? null : encodeCursor(position) }, 200);
    })
    .openapi(stateRoute, async c => c.json(stateOf(await readAuditState(pool)), 200))
    .openapi(sealsRoute, async c => {
      const { limit, cursor } = c.req.valid("query");
      const rows = await readSeals(pool, { before: cursor?.[0], limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.number]);
      return c.json({ items: page.rows.map(headOf), next_cursor: page.next_cursor }, 200);
    })
    .openapi(sealRoute, async c => {
      const { number } = c.req.valid("param");
      const row = await readSeal(pool, number);
      const seal = row && sealOf(row);
      if (seal !== undefined) return c.json(seal, 200);
      return answerProblem(c, { code: "seal.unknown", detail: `There is no seal ${number}.`, at: "path.number" });
    })
    .openapi(makeSealRoute, async c => {
      const key = c.req.valid("header")["idempotency-key"];
      const made = await once<Seal>({
        pool,
        route: "POST /v1/audit/seals",
        key,
        request: {},
        schema: Seal,
        work: async client => ok({ answer: await makeSeal(client) }),
      });
      return made.ok ? c.json(made.value, 201) : answerProblem(c, made.problem);
    })
    .openapi(keyRoute, async c => c.json({ keys: [...(await transaction(pool, publicKeys))] }, 200));
}

/** Where a walk begins; refuses what is not in the ledger. */
async function whereToBegin(
  { pool }: Pick<ApiParts, "pool">,
  asked: {
    readonly site: string | undefined;
    readonly epoch: string | undefined;
    readonly from_seq: number | undefined;
  },
): Promise<Result<Position>> {
  const { site, epoch, from_seq } = asked;
  if (site !== undefined && (await findSite(pool, site)) === undefined) {
    return refuse("site.unknown", `No site ${site} has been heard.`, { at: "query.site" });
  }
  if (epoch === undefined) {
    if (from_seq === undefined) return ok(start);
    return refuse("request.invalid", "from_seq belongs to an epoch; name it.", { at: "query.from_seq" });
  }
  const found = await findEpoch(pool, { site, epoch });
  if (found === undefined) return refuse("epoch.unknown", `The ledger has no epoch ${epoch}.`, { at: "query.epoch" });
  if (from_seq === undefined) return ok(start);
  if (from_seq > found.cursor_seq) {
    return refuse("request.invalid", `The epoch ${epoch} ends at ${found.cursor_seq}.`, { at: "query.from_seq" });
  }
  return ok({ phase: "chain", epochId: found.id, seq: from_seq - 1, epochDone: false });
}

function headOf({ epochs: _, ...row }: SealRow) {
  return { v: 1 as const, ...row };
}

function stateOf(row: AuditRow) {
  const { last_pass_began_at: began, last_pass_ended_at: ended, last_pass_faults: faults } = row;
  const position = Position.safeParse(row.position);
  return {
    pass_began: row.pass_began_at,
    phase: position.data?.phase ?? null,
    checked: Checked.safeParse(row.checked).data ?? null,
    faults: row.faults,
    last_full_pass:
      began === null || ended === null || faults === null
        ? null
        : { began, ended, checked: Checked.parse(row.last_pass_checked), faults },
  };
}
