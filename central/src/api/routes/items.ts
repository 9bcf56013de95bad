import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { limits, Sku } from "@tallygate/protocol";
import type { Pool } from "../../db/pool.ts";
import { type ItemRow, readItems } from "../../db/queries/items.ts";
import { guardedRoute } from "../access.ts";
import { addItem, changeItem, type ItemChange, type NewItem } from "../catalogue.ts";
import { classKeyOf, splitClassKeys } from "../class-keys.ts";
import { etagOf, isKnown } from "../etag.ts";
import { body, conditional, exactText, fields, json, text } from "../fields.ts";
import { apiLimits } from "../limits.ts";
import { idempotent, once, refusable } from "../once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["items"];

const uom = z
  .string()
  .regex(/^[A-Z0-9]{2,3}$/, "use a code of UN/ECE Recommendation 20, such as H87 (piece) or KGM")
  .meta({ description: "Unit of measure, UN/ECE Recommendation 20.", examples: ["H87"] });
const gtins = z
  .array(z.string().max(20))
  .max(apiLimits.itemCodesMax)
  .meta({
    description: "GTIN-8, -12, -13 or -14; kept with 14 digits.",
    examples: [["9506000134352"]],
  });
const codes = z
  .array(exactText(limits.codeCharsMax))
  .max(apiLimits.itemCodesMax)
  .meta({
    description: "Other codes: as a scanner sends them, or as an exception names them, such as `epc:…` or `code:…`.",
    examples: [["code:OATS-OLD-LABEL"]],
  });
const name = text(apiLimits.nameCharsMax).meta({ examples: ["Oat drink 1 L"] });

const Item = z
  .object({
    sku: fields.sku,
    name: z.string(),
    uom: z.string(),
    gtins: z.array(z.string()).meta({ description: "With 14 digits." }),
    codes: z.array(z.string()).meta({ description: "Further class keys: what all things of the class share." }),
    created_at: fields.time,
    updated_at: fields.time,
  })
  .openapi("Item");

const NewItemBody = z
  .strictObject({ sku: Sku, name, uom: uom.default("H87"), gtins: gtins.default([]), codes: codes.default([]) })
  .openapi("NewItem");

const ItemChangeBody = z
  .strictObject({
    name: name.optional(),
    uom: uom.optional(),
    add_gtins: gtins.optional(),
    add_codes: codes.optional(),
  })
  .refine(change => Object.values(change).some(value => value !== undefined), "names nothing to change")
  .openapi("ItemChange");

const listRoute = guardedRoute(
  { permission: "catalogue.read", sites: "some" },
  {
    method: "get",
    path: "/items",
    tags,
    summary: "The catalogue, by SKU",
    request: {
      query: z.object({
        sku: Sku.optional(),
        code: exactText(limits.codeCharsMax)
          .optional()
          .meta({
            description: "The item that this code means, in any form.",
            examples: ["(01)09506000134352"],
          }),
        limit: Limit,
        cursor: cursorParam(z.tuple([Sku])),
      }),
    },
    responses: {
      200: json("A page of items", pageOf(Item)),
      ...problemResponses("request.invalid", "code.check_digit", "stock.unavailable"),
    },
  },
);

const oneRoute = guardedRoute(
  { permission: "catalogue.read", sites: "some" },
  {
    method: "get",
    path: "/items/{sku}",
    tags,
    summary: "One item",
    request: { params: z.object({ sku: Sku }), headers: conditional },
    responses: {
      200: json("The item, with an ETag", Item),
      304: { description: "It is what the caller has" },
      ...problemResponses("item.unknown", "request.invalid", "stock.unavailable"),
    },
  },
);

const createItemRoute = guardedRoute(
  { permission: "catalogue.write", sites: "all" },
  {
    method: "post",
    path: "/items",
    tags,
    summary: "Adds an item; movements that were held for its codes are posted",
    request: { headers: idempotent, body: body(NewItemBody) },
    responses: {
      201: json("The new item", Item),
      ...problemResponses(
        "item.exists",
        "code.check_digit",
        "idempotency.reused",
        "request.invalid",
        "stock.unavailable",
      ),
    },
  },
);

const changeRoute = guardedRoute(
  { permission: "catalogue.write", sites: "all" },
  {
    method: "patch",
    path: "/items/{sku}",
    tags,
    summary: "Changes an item's name or unit, or gives it further codes",
    request: { params: z.object({ sku: Sku }), body: body(ItemChangeBody) },
    responses: {
      200: json("The item as it is now", Item),
      ...problemResponses("item.unknown", "item.exists", "code.check_digit", "request.invalid", "stock.unavailable"),
    },
  },
);

/** The catalogue: what the codes that readers and scanners hear mean. */
export function itemRoutes({ pool, relay }: ApiParts) {
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { sku, code, limit, cursor } = c.req.valid("query");
      const classKey = code === undefined ? undefined : classKeyOf(code);
      if (classKey !== undefined && !classKey.ok) return answerProblem(c, { ...classKey.problem, at: "query.code" });
      const rows = await readItems(pool, { sku, classKey: classKey?.value, after: cursor?.[0], limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.sku]);
      return c.json({ items: page.rows.map(viewOf), next_cursor: page.next_cursor }, 200);
    })
    .openapi(oneRoute, async c => {
      const { sku } = c.req.valid("param");
      const item = await readItem(pool, sku);
      if (item === undefined) {
        return answerProblem(c, { code: "item.unknown", detail: `No item has the SKU ${sku}.`, at: "path.sku" });
      }
      const etag = etagOf(JSON.stringify(item));
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      return c.json(item, 200, { etag, "cache-control": "no-cache" });
    })
    .openapi(createItemRoute, async c => {
      const given: NewItem = c.req.valid("json");
      const added = await once({
        pool,
        route: "POST /v1/items",
        key: c.req.valid("header")["idempotency-key"],
        request: given,
        schema: Item,
        work: async client => {
          const done = await addItem(client, given, relay);
          return done.ok ? { ok: true, value: { ...done.value, answer: viewOf(done.value.answer) } } : done;
        },
      });
      if (!added.ok) return answerProblem(c, added.problem);
      return c.json(added.value, 201, { location: `/v1/items/${encodeURIComponent(given.sku)}` });
    })
    .openapi(changeRoute, async c => {
      const change: ItemChange = { sku: c.req.valid("param").sku, ...c.req.valid("json") };
      const changed = await refusable(pool, client => changeItem(client, change, relay));
      if (!changed.ok) return answerProblem(c, changed.problem);
      changed.value.afterCommit?.();
      return c.json(viewOf(changed.value.answer), 200);
    });
}

async function readItem(pool: Pool, sku: string) {
  const [row] = await readItems(pool, { sku, limit: 1 });
  return row === undefined ? undefined : viewOf(row);
}

function viewOf({ sku, name, uom, class_keys, created_at, updated_at }: ItemRow) {
  return { sku, name, uom, ...splitClassKeys(class_keys), created_at, updated_at };
}
