import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import type { Result } from "@tallygate/protocol";
import type { Context } from "hono";
import { listDocuments } from "../db/documents/list.ts";
import { readDocuments } from "../db/documents/read.ts";
import type { Client } from "../db/pool.ts";
import { cancelDocument, closeDocument } from "../documents/end.ts";
import { type DocumentKind, kindOf } from "../documents/kinds.ts";
import type { Document } from "../documents/model.ts";
import { type DocumentName, findDocument } from "../documents/open-document.ts";
import { viewOf } from "../documents/view.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import { Names } from "../reservations/names.ts";
import { callerOf, guardedRoute, sitesOf } from "./access.ts";
import {
  asked,
  DocumentHeaders,
  documentId,
  type ExampleAction,
  exampleNumbers,
  statesOf,
} from "./document-schemas.ts";
import { isKnown } from "./etag.ts";
import { conditional, json } from "./fields.ts";
import { idempotent, once } from "./once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "./page.ts";
import type { ApiParts } from "./parts.ts";
import { Refused } from "./refused.ts";

export const reads = { permission: "document.read", sites: "some" } as const;
export const writes = { permission: "document.write", sites: "some" } as const;
export const works = { permission: "document.work", sites: "some" } as const;

export interface DocumentRoutesOptions<T> {
  readonly kind: DocumentKind;
  /** How it is shown. */
  readonly schema: z.ZodType<T>;
}

export function documentParams(kind: DocumentKind, action: ExampleAction) {
  return z.object({ id: documentId(kind, action) });
}

export const changeProblems = problemResponses(
  "document.unknown",
  "document.state",
  "document.changed",
  "idempotency.reused",
  "request.invalid",
  "stock.unavailable",
);

/** What all kinds of documents have in common: their list, one of them, and their ends. */
export function documentRoutes<T extends object>(parts: ApiParts, { kind, schema }: DocumentRoutesOptions<T>) {
  const { pool } = parts;
  const path = kindOf(kind).path.replace("/v1", "");
  const tags = [path.slice(1)];
  const listRoute = guardedRoute(reads, {
    method: "get",
    path,
    tags,
    summary: `${kind[0]?.toUpperCase()}${kind.slice(1)}s, the newest first`,
    request: {
      query: z.object({
        state: statesOf(kind).optional(),
        open: z
          .enum(["true", "false"])
          .optional()
          .meta({ description: "Those of which something is awaited, or the others." }),
        number: asked.number.meta({ examples: [exampleNumbers[kind]] }),
        reference: asked.reference,
        partner: asked.partner,
        sku: asked.sku.optional().meta({ description: "Those with a line of this item.", examples: ["OAT-1L"] }),
        site: asked.site.optional().meta({ examples: ["lyon"] }),
        limit: Limit,
        cursor: cursorParam(z.tuple([z.uuid()])),
      }),
    },
    responses: {
      200: json("A page of them", pageOf(schema)),
      ...problemResponses("request.invalid", "stock.unavailable"),
    },
  });
  const oneRoute = guardedRoute(reads, {
    method: "get",
    path: `${path}/{id}`,
    tags,
    summary: `One ${kind}`,
    request: { params: documentParams(kind, "read"), headers: conditional },
    responses: {
      200: json("The document, with its version as ETag", schema),
      304: { description: "It is what the caller has" },
      ...problemResponses("document.unknown", "request.invalid", "stock.unavailable"),
    },
  });
  const ends = documentEnds(parts, { kind, schema });
  return new OpenAPIHono()
    .openapi(listRoute, async c => {
      const { limit, cursor, open, ...filter } = c.req.valid("query");
      const isOpen = open === undefined ? undefined : open === "true";
      const within = sitesOf(c);
      const page = { before: cursor?.[0], limit: limit + 1 };
      const ids = await listDocuments(pool, { ...filter, kind, open: isOpen, within }, page);
      const { rows, next_cursor } = cutPage(ids, limit, id => [id]);
      const items = (await readDocuments(pool, rows)).map(document => schema.parse(viewOf(document)));
      return c.json({ items, next_cursor }, 200);
    })
    .openapi(oneRoute, async c => {
      const found = await findDocument(pool, kind, c.req.valid("param").id);
      if (!found.ok) return answerProblem(c, found.problem);
      requireDocument(c, found.value);
      const etag = etagOf(found.value);
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      return c.json(schema.parse(viewOf(found.value)), 200, { etag, "cache-control": "no-cache" });
    })
    .route("/", ends);
}

/** `POST …/cancel` and `POST …/close`. */
function documentEnds<T extends object>(parts: ApiParts, { kind, schema }: DocumentRoutesOptions<T>) {
  const path = kindOf(kind).path.replace("/v1", "");
  const route = <E extends "cancel" | "close">(end: E, summary: string) =>
    guardedRoute(writes, {
      method: "post",
      path: `${path}/{id}/${end}`,
      tags: [path.slice(1)],
      summary,
      request: { params: documentParams(kind, end), headers: idempotent.extend(DocumentHeaders.shape) },
      responses: { 200: json("The document as it is now", schema), ...changeProblems },
    });
  const names = new Names();
  const change = changer(parts, { kind, schema });
  return new OpenAPIHono()
    .openapi(route("cancel", "Wants nothing of it any more; what was held for it is free again"), async c => {
      const headers = c.req.valid("header");
      const name = nameOf(c, kind, c.req.valid("param").id, headers);
      const done = await change("cancel", name, { headers, body: {} }, client => cancelDocument(client, names, name));
      return done.ok ? c.json(done.value, 200) : answerProblem(c, done.problem);
    })
    .openapi(route("close", "Expects no more of it; what is missing or too much becomes exceptions"), async c => {
      const headers = c.req.valid("header");
      const name = nameOf(c, kind, c.req.valid("param").id, headers);
      const done = await change("close", name, { headers, body: {} }, client => closeDocument(client, names, name));
      return done.ok ? c.json(done.value, 200) : answerProblem(c, done.problem);
    });
}

interface ChangeHeaders {
  readonly "idempotency-key"?: string | undefined;
  readonly "if-match"?: string | undefined;
}

interface ChangeRequest {
  readonly headers: ChangeHeaders;
  readonly body: unknown;
}

/** What a change of a document leaves to be told once it is committed. */
export interface Told {
  readonly document: Document;
  readonly commits: readonly SiteCommit[];
}

/** Changes a document once for its idempotency key, and tells the sites. */
export function changer<T extends object>(
  { pool, reservations, relay }: ApiParts,
  { kind, schema }: DocumentRoutesOptions<T>,
) {
  return async function change(
    action: string,
    { id }: DocumentName,
    { headers, body }: ChangeRequest,
    work: (client: Client) => Promise<Result<Document | Told>>,
  ): Promise<Result<T>> {
    const key = headers["idempotency-key"];
    const route = `POST ${kindOf(kind).path}/${id}/${action}`;
    return once({
      pool,
      route,
      key,
      request: { body, match: headers["if-match"] },
      schema,
      async work(client) {
        const done = await work(client);
        if (!done.ok) return done;
        const { document, commits } = "commits" in done.value ? done.value : { document: done.value, commits: [] };
        const answer = schema.parse(viewOf(document));
        const afterCommit = () => {
          relay.publishCommits(commits);
          reservations.changed();
        };
        return { ok: true, value: { answer, afterCommit } };
      },
    });
  };
}

/** Which document a request is to change, and who asks. */
export function nameOf(c: Context, kind: DocumentKind, id: string, headers: ChangeHeaders): DocumentName {
  const match = headers["if-match"];
  const version = match === undefined ? undefined : Number(match.slice(1, -1));
  return { kind, id, version, actor: callerOf(c), allow: document => requireDocument(c, document) };
}

/** Refuses callers who have the route's permission at none of the document's sites. */
export function requireDocument(c: Context, { kind, number, site, toSite }: Document): void {
  const sites = sitesOf(c);
  if (sites === undefined || sites.includes(site) || (toSite !== undefined && sites.includes(toSite))) return;
  const { permission } = c.get("access");
  const where = toSite === undefined || toSite === site ? site : `${site} or ${toSite}`;
  throw new Refused({
    code: "access.denied",
    detail: `The ${kind} ${number} needs the permission ${permission} at the site ${where}.`,
  });
}

/** The version, which is one more with each change. */
export function etagOf({ version }: Pick<Document, "version">): string {
  return `"${version}"`;
}
