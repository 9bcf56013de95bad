import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { limits, ok, type Result, refuse, Sku } from "@tallygate/protocol";
import { type ChangesDone, changeItem } from "../../catalogue/change-item.ts";
import { classKeyOf } from "../../catalogue/class-keys.ts";
import { readGiven, readListChanges } from "../../catalogue/given.ts";
import { inOrder } from "../../catalogue/item.ts";
import { type ItemRow, readItems } from "../../db/catalogue/items.ts";
import type { Pool } from "../../db/pool.ts";
import { callerOf, guardedRoute } from "../access.ts";
import { etagOf, expected, isExpected, isKnown } from "../etag.ts";
import { body, conditional, exactText, json } from "../fields.ts";
import { Item, ItemChangeBody, ItemStatus, NewItemBody } from "../item-schemas.ts";
import { idempotent, once, refusable } from "../once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const tags = ["items"];

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
            description: "The item that this code means, in any form; also that of a pack of it.",
            examples: ["(01)09506000134352"],
          }),
        party: exactText(64)
          .optional()
          .meta({ description: "Items that this party has a code for.", examples: ["supplier-7"] }),
        party_code: exactText(64)
          .optional()
          .meta({ description: "Items that a party calls so.", examples: ["4711"] }),
        family: Sku.optional().meta({ description: "The variants of this family.", examples: ["OAT"] }),
        status: ItemStatus.optional(),
        search: exactText(200)
          .optional()
          .meta({ description: "Beginnings of words of the name or the SKU, all of them.", examples: ["oat dri"] }),
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

const whatCannotBe = ["item.exists", "item.hierarchy", "item.family", "item.pack", "code.check_digit"] as const;

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
        ...whatCannotBe,
        "item.unknown",
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
    summary: "Changes an item: what is named, and its lists by what is added and removed",
    request: { params: z.object({ sku: Sku }), headers: expected, body: body(ItemChangeBody) },
    responses: {
      200: json("The item as it is now, with an ETag", Item),
      ...problemResponses(
        "item.unknown",
        "item.changed",
        "item.counted",
        ...whatCannotBe,
        "request.invalid",
        "stock.unavailable",
      ),
    },
  },
);

/** The catalogue: what there is, and what the codes that readers and scanners hear mean. */
export function itemRoutes({ pool, relay }: ApiParts) {
  const told = ({ value: { row, version, commits } }: { readonly value: ChangesDone }) => ({
    answer: viewOf(row),
    afterCommit: () => {
      relay.catalogueChanged(version);
      if (commits.length > 0) relay.publishCommits(commits);
    },
  });
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { code, party_code: partyCode, limit, cursor, ...filter } = c.req.valid("query");
      const classKey = code === undefined ? undefined : classKeyOf(code);
      if (classKey !== undefined && !classKey.ok) return answerProblem(c, { ...classKey.problem, at: "query.code" });
      const asked = { ...filter, partyCode, classKey: classKey?.value };
      const rows = await readItems(pool, { ...asked, after: cursor?.[0], limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.item.sku]);
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
      const { sku, ...given } = c.req.valid("json");
      const edit = readGiven(given, "body");
      if (!edit.ok) return answerProblem(c, edit.problem);
      const added = await once({
        pool,
        route: "POST /v1/items",
        key: c.req.valid("header")["idempotency-key"],
        request: c.req.valid("json"),
        schema: Item,
        work: async client => {
          const done = await changeItem(client, { sku, actor: callerOf(c) }, row =>
            row === undefined ? edit : itemExists(sku),
          );
          return done.ok ? { ok: true, value: told(done) } : done;
        },
      });
      if (!added.ok) return answerProblem(c, added.problem);
      return c.json(added.value, 201, { location: `/v1/items/${encodeURIComponent(sku)}` });
    })
    .openapi(changeRoute, async c => {
      const { sku } = c.req.valid("param");
      const given = c.req.valid("json");
      const changed = await refusable(pool, client =>
        changeItem(client, { sku, actor: callerOf(c) }, row => {
          if (row === undefined) return refuse("item.unknown", `No item has the SKU ${sku}.`, { at: "path.sku" });
          if (!isExpected(c, etagOf(JSON.stringify(viewOf(row))))) return itemChanged(sku);
          const lists = readListChanges(inOrder(row.item), given);
          return lists.ok ? ok({ ...plainOf(given), ...lists.value }) : lists;
        }),
      );
      if (!changed.ok) return answerProblem(c, changed.problem);
      const { answer, afterCommit } = told(changed);
      afterCommit();
      return c.json(answer, 200, { etag: etagOf(JSON.stringify(answer)) });
    });
}

function itemExists(sku: string): Result<never> {
  return refuse("item.exists", `There is an item with the SKU ${sku} already; change that one.`, { at: "body.sku" });
}

function itemChanged(sku: string): Result<never> {
  const detail = `${sku} has changed since the version that if-match names; read it again and decide anew.`;
  return refuse("item.changed", detail, { at: "header.if-match" });
}

/** What a change says of the item itself, without its lists. */
function plainOf({
  name,
  description,
  status,
  tracking,
  uom,
  family,
  variant_by,
  attributes,
}: z.infer<typeof ItemChangeBody>) {
  return { name, description, status, tracking, uom, family, variant_by, attributes };
}

async function readItem(pool: Pool, sku: string) {
  const [row] = await readItems(pool, { sku, limit: 1 });
  return row === undefined ? undefined : viewOf(row);
}

function viewOf({ item, created_at, updated_at }: ItemRow): z.infer<typeof Item> {
  const { variant_by, gtins, codes, packs, party_codes, ...rest } = inOrder(item);
  return {
    ...rest,
    variant_by: variant_by === null ? null : [...variant_by],
    gtins: [...gtins],
    codes: [...codes],
    packs: packs.map(pack => ({ ...pack, gtins: [...pack.gtins], codes: [...pack.codes] })),
    party_codes: [...party_codes],
    created_at,
    updated_at,
  };
}
