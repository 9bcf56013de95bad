import { problemResponses, z } from "@tallygate/kit";
import { ok, type Problem, type Result, refuse } from "@tallygate/protocol";
import type { Context } from "hono";
import type { Column } from "../catalogue/import/cells.ts";
import {
  type Importable,
  type Imported,
  importModes,
  type PageWritten,
  type Staged,
  stage,
  writeAll,
  writePages,
} from "../catalogue/import/import.ts";
import { readCsv, readJsonLines } from "../catalogue/import/read-lines.ts";
import { catalogueLimits } from "../catalogue/limits.ts";
import type { Client, Pool } from "../db/pool.ts";
import { json } from "./fields.ts";
import { type Done, once, refusable } from "./once.ts";
import type { Announcements } from "./parts.ts";

export const ImportQuery = z.object({
  mode: z
    .enum(importModes)
    .default("all_or_nothing")
    .meta({
      description:
        "`all_or_nothing`: a fault in any line, and nothing is changed. `skip_faulty`: the other lines are written.",
      examples: ["all_or_nothing"],
    }),
  dry_run: z
    .enum(["true", "false"])
    .default("false")
    .meta({
      description: "Whether to say only what would become of the lines.",
      examples: ["false"],
    }),
});

const ImportReport = z
  .object({
    lines: z.int(),
    added: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    faulty: z.int(),
    faults: z
      .array(
        z.object({
          line: z.int().meta({ description: "From 1, as an editor counts." }),
          code: z.string(),
          at: z.string().optional().meta({ description: "Where in the line." }),
          detail: z.string(),
        }),
      )
      .meta({ description: `At most ${catalogueLimits.importFaultsMax} of them.` }),
    dry_run: z.boolean(),
  })
  .openapi("ImportReport");
type ImportReport = z.infer<typeof ImportReport>;

/** What every import may be answered. */
export const importResponses = {
  200: json("What became of the lines", ImportReport),
  ...problemResponses(
    "import.faults",
    "request.too_large",
    "idempotency.reused",
    "request.invalid",
    "stock.unavailable",
  ),
};

const jsonLines = "application/x-ndjson";
const csv = "text/csv";

/** The body of an import in both of its forms, each with an example. */
export function importBody(jsonExample: string, csvExample: string) {
  const text = (example: string) => ({ schema: z.string().meta({ examples: [example] }) });
  return { required: true, content: { [jsonLines]: text(jsonExample), [csv]: text(csvExample) } };
}

export const ExportQuery = z.object({
  format: z
    .enum(["jsonl", "csv"])
    .default("jsonl")
    .meta({ examples: ["jsonl"] }),
});

export function exportResponses(description: string) {
  const content = { [jsonLines]: { schema: z.string() }, [csv]: { schema: z.string() } };
  return { 200: { description, content }, ...problemResponses("request.invalid", "stock.unavailable") };
}

/** An answer that is sent as it is read, a page at a time, as fast as the caller takes it. */
export function streamed(format: "jsonl" | "csv", name: string, pages: AsyncGenerator<string>): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pages.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pages.return(undefined);
    },
  });
  const headers = {
    "content-type": format === "csv" ? `${csv}; charset=utf-8` : jsonLines,
    "content-disposition": `attachment; filename="${name}.${format}"`,
  };
  return new Response(body, { headers });
}

interface ImportOptions {
  readonly pool: Pool;
  readonly relay: Announcements;
  readonly importable: Importable;
  readonly columns: Readonly<Record<string, Column>>;
  readonly route: string;
}

/** Takes the body of an import and does what its query asks for. Refuses `import.faults` where all or nothing was asked for. */
export async function importLines(c: Context, options: ImportOptions): Promise<Result<ImportReport>> {
  const query = ImportQuery.parse(c.req.query());
  const readLines = linesOf(c.req.header("content-type"), options.columns);
  if (!readLines.ok) return readLines;
  const { pool, importable } = options;
  const body = c.req.raw.body ?? new Blob([]).stream();
  const staged = await stage(pool, { body, readLines: readLines.value, importable });
  if (!staged.ok) return staged;
  await using lines = staged.value;
  // Awaited here: the lines are forgotten when this returns.
  if (query.dry_run === "true") return await dryRun(lines, options);
  const request = { hash: lines.hash, mode: query.mode };
  const kept = { pool, route: options.route, key: c.req.header("idempotency-key"), request, schema: ImportReport };
  if (query.mode === "all_or_nothing")
    return await once({ ...kept, work: client => allOrNothing(client, lines, options) });
  return await skipFaulty(lines, options, work => once({ ...kept, work }));
}

function linesOf(contentType: string | undefined, columns: ImportOptions["columns"]) {
  const type = contentType?.split(";")[0]?.trim().toLowerCase();
  if (type === csv) return ok((chunks: AsyncIterable<Uint8Array>) => readCsv(chunks, columns));
  if (type === jsonLines || type === "application/jsonl" || type === "application/json-lines") return ok(readJsonLines);
  const detail = `The body's content type is ${type ?? "none"}; send ${csv}, or ${jsonLines} with a JSON object in each line.`;
  return refuse("request.invalid", detail, { at: "header.content-type" });
}

async function allOrNothing(
  client: Client,
  lines: Staged,
  options: ImportOptions,
): Promise<Result<Done<ImportReport>>> {
  // What cannot even be read is said before anything is locked.
  if (lines.faults.faulty > 0) return { ok: false, problem: faultsProblem(lines.faults.report()) };
  const imported = await writeAll(client, lines, options.importable);
  if (imported.report.faulty > 0) return { ok: false, problem: faultsProblem(imported.report) };
  return ok({ answer: answerOf(imported, false), afterCommit: () => tell(options.relay, imported) });
}

/**
 * The key is looked up before the pages and kept behind them, so that no transaction is open while they are written. The same import
 * once more after it was cut off finds what is there already unchanged.
 */
async function skipFaulty(
  lines: Staged,
  { pool, importable, relay }: ImportOptions,
  keep: (work: () => Promise<Result<Done<ImportReport>>>) => Promise<Result<ImportReport>>,
): Promise<Result<ImportReport>> {
  const before = await keep(async () => refuse("import.faults", "It is not known under its key yet."));
  if (before.ok || before.problem.code !== "import.faults") return before;
  const imported = await writePages(pool, lines, importable, written => tell(relay, written));
  return keep(async () => ok({ answer: answerOf(imported, false) }));
}

/** Does all of it, and takes it back. */
async function dryRun(lines: Staged, { pool, importable }: ImportOptions): Promise<Result<ImportReport>> {
  let report: ImportReport | undefined;
  await refusable(pool, async client => {
    report = answerOf(await writeAll(client, lines, importable), true);
    return refuse("import.faults", "This was a dry run.");
  });
  return report === undefined ? refuse("internal", "The dry run gave no report.") : ok(report);
}

function answerOf({ report }: Imported, dry_run: boolean): ImportReport {
  const faults = report.faults.map(({ at, ...fault }) => ({ ...fault, ...(at === undefined ? {} : { at }) }));
  return { ...report, faults, dry_run };
}

function faultsProblem({ faulty, faults, lines }: Imported["report"]): Problem {
  const detail = `${faulty} of ${lines} lines have faults, and nothing was changed. Mend them, or import with mode=skip_faulty.`;
  const named = faults.map(fault => {
    return {
      at: fault.at === undefined ? `line ${fault.line}` : `line ${fault.line} ${fault.at}`,
      detail: fault.detail,
    };
  });
  return { code: "import.faults", detail, faults: named };
}

function tell(relay: Announcements, { version, commits }: Pick<PageWritten, "version" | "commits">): void {
  if (version !== undefined) relay.catalogueChanged(version);
  if (commits.length > 0) relay.publishCommits(commits);
}
