import { type ApiEnv, answerProblem, createRoute, type OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import type { ListsView, ListView } from "../lists/site-lists.ts";
import type { SiteView } from "../site-view.ts";
import { timeOf } from "./shapes.ts";

const json = <S extends z.ZodType>(schema: S) => ({ "application/json": { schema } });
const Time = z.iso.datetime();

const ListItem = z.object({
  sku: z.string(),
  name: z.string().optional(),
  wanted: z.int(),
  confirmed: z.int().meta({ description: "What the centre has counted." }),
  pending: z.int().meta({ description: "What movements of this site add that the centre has not counted yet." }),
  total: z.int(),
  missing: z.int(),
});

const ListLine = z
  .object({
    id: z.string(),
    read_point: z.string().optional().meta({ description: "Absent for a wave that is picked anywhere." }),
    step: z.string(),
    opened: Time,
    documents: z.array(z.object({ kind: z.string(), number: z.string(), partner: z.string().optional() })),
    wanted: z.int().meta({ description: "Units of all items." }),
    confirmed: z.int(),
    pending: z.int(),
    total: z.int().meta({ description: "Confirmed and pending, of each item at most what is wanted of it." }),
    over: z.int().meta({ description: "Units above what is wanted of their item." }),
    complete: z.boolean(),
    items: z.array(ListItem),
    lines: z
      .array(
        z.object({
          document: z.string(),
          line: z.int(),
          sku: z.string(),
          name: z.string().optional(),
          place: z.string().optional(),
          quantity: z.int(),
        }),
      )
      .meta({ description: "What is still to be done, in walking order." }),
    unexpected: z
      .array(z.object({ sku: z.string().optional(), name: z.string().optional(), code: z.string(), quantity: z.int() }))
      .meta({ description: "What passed and is on no line of the list, as far as this site knows." }),
  })
  .openapi("List");

const ListsBody = z.object({
  lists: z.array(ListLine),
  told_at: Time.optional().meta({ description: "When the centre told them; absent before the first time." }),
  cut: z.boolean().meta({ description: "There are more, or longer ones, than a site is told." }),
});

const all = createRoute({
  method: "get",
  path: "/api/lists",
  summary: "The open lists of the site, the oldest first, with their progress",
  responses: { 200: { description: "The lists", content: json(ListsBody) } },
});

const one = createRoute({
  method: "get",
  path: "/api/lists/{id}",
  summary: "One open list",
  request: { params: z.object({ id: z.string().max(64) }) },
  responses: {
    200: { description: "The list", content: json(ListLine) },
    ...problemResponses("request.invalid", "list.unknown"),
  },
});

/** Routes of the lists that are worked on. They answer with the link down as well. */
export function mountListRoutes(app: OpenAPIHono<ApiEnv>, { lists }: SiteView): void {
  app.openapi(all, c => c.json(listLines(lists.view()), 200));

  app.openapi(one, c => {
    const { id } = c.req.valid("param");
    const found = lists.view().lists.find(list => list.id === id);
    if (found !== undefined) return c.json(listLine(found), 200);
    return answerProblem(c, { code: "list.unknown", detail: `No list ${id} is open at this site.`, at: "path.id" });
  });
}

export function listLines({ lists, atMs, cut }: ListsView): z.infer<typeof ListsBody> {
  return { lists: lists.map(listLine), ...(atMs === undefined ? {} : { told_at: timeOf(atMs) }), cut };
}

function listLine({ id, readPoint, step, openedMs, documents, ...list }: ListView): z.infer<typeof ListLine> {
  const items = list.items.map(({ sku, name, wanted, confirmed, pending }) => {
    const total = Math.max(0, confirmed + pending);
    return { sku, ...nameOf(name), wanted, confirmed, pending, total, missing: Math.max(0, wanted - total) };
  });
  const sum = (of: (item: (typeof items)[number]) => number) => items.reduce((total, item) => total + of(item), 0);
  return {
    id,
    ...(readPoint === undefined ? {} : { read_point: readPoint }),
    step,
    opened: timeOf(openedMs),
    documents: [...documents],
    wanted: sum(({ wanted }) => wanted),
    confirmed: sum(({ confirmed }) => confirmed),
    pending: sum(({ pending }) => pending),
    total: sum(({ wanted, total }) => Math.min(wanted, total)),
    over: sum(({ wanted, total }) => Math.max(0, total - wanted)),
    complete: items.every(({ missing }) => missing === 0),
    items,
    lines: list.lines.map(({ document, line, sku, name, place, quantity }) => {
      return { document, line, sku, ...nameOf(name), ...(place === undefined ? {} : { place }), quantity };
    }),
    unexpected: list.unexpected.map(({ sku, name, code, quantity }) => {
      return { ...(sku === undefined ? {} : { sku }), ...nameOf(name), code, quantity };
    }),
  };
}

function nameOf(name: string | undefined): { name?: string } {
  return name === undefined ? {} : { name };
}
