import { z } from "@hono/zod-openapi";
import type { Problem } from "@tallygate/protocol";
import type { Context, MiddlewareHandler } from "hono";
import type { ZodError } from "zod";
import { limits } from "../limits.ts";
import { answerProblem } from "./problem.ts";

/** What of a request a route describes besides its body. */
export interface Described {
  readonly query?: z.ZodType | undefined;
  readonly params?: z.ZodType | undefined;
  readonly headers?: z.ZodType | readonly z.ZodType[] | undefined;
}

interface Check {
  readonly target: "query" | "param" | "header";
  readonly schema: z.ZodType;
  readonly read: (c: Context) => object;
}

/** Checks query, path and head in one go and at once; handlers find what they say under `c.req.valid`. Nothing where nothing is described. */
export function checkRequest({ query, params, headers }: Described): MiddlewareHandler | undefined {
  const checks: Check[] = [];
  if (query !== undefined) checks.push({ target: "query", schema: query, read: readQuery });
  if (params !== undefined) checks.push({ target: "param", schema: params, read: c => c.req.param() });
  for (const schema of [headers ?? []].flat()) checks.push({ target: "header", schema, read: fieldReader(schema) });
  if (checks.length === 0) return undefined;
  return function checkRequest(c, next) {
    for (const { target, schema, read } of checks) {
      const checked = schema.safeParse(read(c));
      if (!checked.success) return Promise.resolve(answerProblem(c, invalid(target, checked.error)));
      c.req.addValidatedData(target, Object(checked.data));
    }
    return next();
  };
}

function readQuery(c: Context): object {
  if (!c.req.url.includes("?")) return {};
  const fields = Object.entries(c.req.queries());
  return Object.fromEntries(fields.map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}

/** Reads the fields that the schema names, and no others: the whole head would be made an object of for each request. */
function fieldReader(schema: z.ZodType): Check["read"] {
  if (!(schema instanceof z.ZodObject)) return c => c.req.header();
  const names = Object.keys(schema.shape);
  return c => {
    const fields: Record<string, string> = {};
    for (const name of names) {
      const value = c.req.header(name);
      if (value !== undefined) fields[name] = value;
    }
    return fields;
  };
}

/** What is wrong with a part of a request, as a problem that names each fault with its place. */
export function invalid(target: string, error: ZodError): Problem {
  const faults = error.issues.map(issue => ({ at: at(target, issue.path), detail: issue.message }));
  const [first] = faults;
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : "";
  return {
    code: "request.invalid",
    detail: first ? `${first.at}: ${first.detail}${more}.` : "The request is not valid.",
    faults: faults.slice(0, limits.faultsMax),
  };
}

/** `body.lines[3].quantity`, `query.limit`, `path.sku`. */
function at(target: string, path: readonly PropertyKey[]): string {
  const place = target === "json" || target === "form" ? "body" : target === "param" ? "path" : target;
  return path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : `${text}.${String(step)}`),
    place,
  );
}
