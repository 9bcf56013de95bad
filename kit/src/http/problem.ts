import assert from "node:assert/strict";
import { z } from "@hono/zod-openapi";
import { type Problem, type ProblemCode, problems } from "@tallygate/protocol";
import type { Context, TypedResponse } from "hono";

const problemStatuses = [400, 401, 403, 404, 409, 412, 413, 422, 429, 500, 503] as const;

/** Every HTTP status that a problem can have. */
export type ProblemStatus = (typeof problemStatuses)[number];

export const problemMediaType = "application/problem+json";

/** A refusal over HTTP, RFC 9457 with a stable `code`. */
export const ProblemJson = z
  .object({
    type: z.string().meta({ description: "A URN made from the code" }),
    title: z.string().meta({ description: "What the code means, always the same" }),
    status: z.int(),
    detail: z.string().meta({ description: "What exactly was refused this time, and what to do" }),
    code: z.enum(Object.fromEntries(Object.keys(problems).map(code => [code, code]))),
    at: z.string().optional().meta({ description: "Where in the request" }),
    instance: z.string().optional().meta({ description: "The request's id, to be found in the log" }),
    faults: z
      .array(z.object({ at: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: "Each thing that is wrong, where there are several" }),
  })
  .openapi("Problem");

export type ProblemBody = z.infer<typeof ProblemJson>;

type ProblemAnswer = { [S in ProblemStatus]: TypedResponse<ProblemBody, S, "json"> }[ProblemStatus];

/** Answers a refusal as `application/problem+json`, with the status of its code unless another one is given. */
export function answerProblem(c: Context, problem: Problem, status = statusOf(problem.code)): Response & ProblemAnswer {
  const body = problemBody(problem, status, c.get("requestId"));
  return c.json(body, status, { "content-type": problemMediaType });
}

/** The body of a problem answer. */
export function problemBody(problem: Problem, status: ProblemStatus, requestId?: unknown): ProblemBody {
  const { code, detail, at, faults } = problem;
  return {
    type: `urn:tallygate:problem:${code}`,
    title: problems[code].title,
    status,
    detail,
    code,
    ...(at !== undefined && { at }),
    ...(typeof requestId === "string" && { instance: `urn:tallygate:request:${requestId}` }),
    ...(faults && { faults: [...faults] }),
  };
}

/** The HTTP status of a code, from the protocol's list. */
export function statusOf(code: ProblemCode): ProblemStatus {
  const { status } = problems[code];
  const known = problemStatuses.find(candidate => candidate === status);
  assert(known !== undefined, `problem.ts of kit does not list the status ${status} of ${code}`);
  return known;
}

interface ProblemResponse {
  readonly description: string;
  readonly content: { readonly "application/problem+json": { readonly schema: typeof ProblemJson } };
}

/**
 * The `responses` of a route definition for its refusals: `responses: { 200: …, ...problemResponses("item.unknown") }`. The document
 * lists the statuses of these codes; the type lists all, so that a handler may return what `answerProblem` gives.
 */
export function problemResponses(...codes: readonly ProblemCode[]): Record<ProblemStatus, ProblemResponse> {
  const byStatus = Map.groupBy(new Set<ProblemCode>([...codes, "internal"]), statusOf);
  const entries = [...byStatus].map(([status, those]) => [status, problemResponse(those)] as const);
  return Object.fromEntries(entries) as Record<ProblemStatus, ProblemResponse>;
}

function problemResponse(codes: readonly ProblemCode[]): ProblemResponse {
  const description = codes.map(code => `\`${code}\`: ${problems[code].title}`).join("\n\n");
  return { description, content: { [problemMediaType]: { schema: ProblemJson } } };
}
