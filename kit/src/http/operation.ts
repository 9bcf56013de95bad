import { createRoute, z } from "@hono/zod-openapi";
import type { Problem } from "@tallygate/protocol";
import { sentence } from "../error.ts";
import { limits } from "../limits.ts";
import type { ApiEnv, ApiOptions, OpenAPIHono } from "./api.ts";
import { mountDocs } from "./docs.ts";
import { answerProblem, ProblemJson, problemMediaType } from "./problem.ts";

const tags = ["operation"];
const Status = z.object({ status: z.string() });
const json = (description: string) => ({ description, content: { "application/json": { schema: Status } } });

const healthz = createRoute({
  method: "get",
  path: "/healthz",
  tags,
  summary: "Whether the process lives",
  responses: { 200: json("It answers") },
});

const readyz = createRoute({
  method: "get",
  path: "/readyz",
  tags,
  summary: "Whether requests can be served",
  responses: {
    200: json("They can"),
    503: { description: "They cannot now, and why", content: { [problemMediaType]: { schema: ProblemJson } } },
  },
});

const metricsRoute = createRoute({
  method: "get",
  path: "/metrics",
  tags,
  summary: "Metrics in the text format of Prometheus",
  responses: { 200: { description: "The metrics", content: { "text/plain": { schema: z.string() } } } },
});

/** What every server of ours answers about itself. */
export function mountOperation(app: OpenAPIHono<ApiEnv>, options: ApiOptions): void {
  const { title, version, description, metrics, ready } = options;
  app.openapi(healthz, c => c.json({ status: "ok" }, 200));
  app.get("/readyz", async c => {
    const problem = await readiness(ready);
    return problem ? answerProblem(c, problem, 503) : c.json({ status: "ready" }, 200);
  });
  app.openAPIRegistry.registerPath(readyz);
  app.openapi(metricsRoute, async c => c.text(await metrics.metrics(), 200, { "content-type": metrics.contentType }));
  // Made once, when all routes are there: of a large API it takes a tenth of a second, in which nobody else is answered.
  let document: string | undefined;
  const head = { openapi: "3.1.0", info: { title, version, description } };
  app.get("/openapi.json", c => {
    document ??= JSON.stringify(app.getOpenAPI31Document(head));
    return c.body(document, 200, { "content-type": "application/json" });
  });
  mountDocs(app, title);
}

async function readiness(ready: ApiOptions["ready"]): Promise<Problem | undefined> {
  const seconds = limits.readyDeadlineMs / 1000;
  const { promise: late, resolve } = Promise.withResolvers<Problem>();
  const timer = setTimeout(
    () => resolve({ code: "internal", detail: `The check did not answer within ${seconds} s.` }),
    limits.readyDeadlineMs,
  );
  try {
    return await Promise.race([ready(), late]);
  } catch (error) {
    return { code: "internal", detail: `The check failed: ${sentence(error)}` };
  } finally {
    clearTimeout(timer);
  }
}
