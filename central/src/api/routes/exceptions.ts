import { OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { problems, SiteId } from "@tallygate/protocol";
import { type ExceptionRow, readExceptions } from "../../db/queries/exceptions.ts";
import { guardedRoute, sitesOf } from "../access.ts";
import { exactText, fields, json } from "../fields.ts";
import { apiLimits } from "../limits.ts";
import { cursorParam, cutPage, Limit, pageOf } from "../page.ts";
import type { ApiParts } from "../parts.ts";

const Exception = z
  .object({
    id: z.int(),
    site: fields.site.nullable(),
    problem: fields.problem,
    title: z.string().meta({ description: "What the problem code means." }),
    key: z.string().meta({ description: "What it is about, such as the code that no item has." }),
    detail: z.string(),
    body: z.string().nullable().meta({ description: "The beginning of what could not be read, base64." }),
    preview: z.string().nullable().meta({ description: "The same as text, as far as it is text." }),
    body_bytes: z.int().nullable().meta({ description: "Length of the whole." }),
    count: z.int().meta({ description: "How often it has come." }),
    state: z.enum(["open", "resolved"]),
    first_time: fields.time,
    last_time: fields.time,
  })
  .openapi("Exception");

const listRoute = guardedRoute(
  { permission: "exception.read", sites: "some" },
  {
    method: "get",
    path: "/exceptions",
    tags: ["exceptions"],
    summary: "What waits for a person, the newest first",
    request: {
      query: z.object({
        state: z
          .enum(["open", "resolved"])
          .optional()
          .meta({ examples: ["open"] }),
        site: SiteId.optional(),
        problem: exactText(64)
          .optional()
          .meta({ examples: ["movement.code_unknown"] }),
        limit: Limit,
        cursor: cursorParam(z.tuple([z.int().min(1)])),
      }),
    },
    responses: {
      200: json("A page of exceptions", pageOf(Exception)),
      ...problemResponses("request.invalid", "stock.unavailable"),
    },
  },
);

/** Unknown codes, unreadable messages and whatever else the centre could not decide by itself. */
export function exceptionRoutes({ pool }: ApiParts) {
  return new OpenAPIHono().openapi(listRoute, async c => {
    const { cursor, limit, ...filter } = c.req.valid("query");
    const rows = await readExceptions(pool, { ...filter, sites: sitesOf(c), before: cursor?.[0], limit: limit + 1 });
    const page = cutPage(rows, limit, row => [row.id]);
    return c.json({ items: page.rows.map(viewOf), next_cursor: page.next_cursor }, 200);
  });
}

const titles: ReadonlyMap<string, string> = new Map(Object.entries(problems).map(([code, { title }]) => [code, title]));

function viewOf({ body, ...row }: ExceptionRow) {
  return {
    ...row,
    title: titles.get(row.problem) ?? row.problem,
    body: body?.toString("base64") ?? null,
    preview: body === null ? null : preview(body),
  };
}

/** Control characters are shown as their pictures (U+2400 …), so that a preview can be printed anywhere. */
function preview(bytes: Buffer): string {
  const text = bytes.subarray(0, apiLimits.previewCharsMax * 4).toString("utf8");
  return Array.from(text)
    .slice(0, apiLimits.previewCharsMax)
    .map(character => pictureOf(character))
    .join("");
}

function pictureOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : character;
}
