import { answerProblem, OpenAPIHono, problemResponses, sentence, z } from "@tallygate/kit";
import { type InfluxSeries, InfluxUnavailable } from "../../projector/influx.ts";
import { measurement } from "../../projector/point.ts";
import { guardedRoute, sitesOf } from "../access.ts";
import { fields, json } from "../fields.ts";
import { Instant, instantOfMs } from "../instant.ts";
import { apiLimits } from "../limits.ts";
import type { ApiParts } from "../parts.ts";

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const everyForm = /^([1-9][0-9]{0,5})([smhd])$/;

/** What a series can be of, and the tag that tells it. */
const tagOf = { site: "site", biz_step: "biz_step", item: "sku" } as const;

const Series = z
  .object({
    key: z
      .string()
      .nullable()
      .meta({ description: "The site, step or SKU; null where all is one series.", examples: ["lyon"] }),
    points: z.array(
      z.object({
        time: fields.time.meta({ description: "Beginning of the interval." }),
        movements: z.int(),
        quantity: z.int(),
      }),
    ),
  })
  .openapi("Series");

const Answer = z
  .object({ from: fields.time, to: fields.time, every: z.string(), series: z.array(Series) })
  .openapi("MovementMetrics");

const metricsRoute = guardedRoute(
  { permission: "stock.read", sites: "some" },
  {
    method: "get",
    path: "/metrics/movements",
    tags: ["metrics"],
    summary: "How much moved when, by event time",
    request: {
      query: z.object({
        from: Instant.optional().meta({
          description: "Without it, an hour before `to`.",
          examples: ["2026-11-23T09:00:00Z"],
        }),
        to: Instant.optional().meta({ description: "Without it, now.", examples: ["2026-11-23T10:00:00Z"] }),
        every: z
          .string()
          .regex(everyForm, "write a number and s, m, h or d, such as 5m")
          .default("1m")
          .meta({
            description: "Length of an interval; empty ones are left out.",
            examples: ["5m"],
          }),
        group_by: z
          .enum(["site", "biz_step", "item"])
          .optional()
          .meta({
            description:
              "One series for each. Items beyond the first ones share the key `other`; what has no item has `none`.",
            examples: ["site"],
          }),
      }),
    },
    responses: {
      200: json("Series of sums", Answer),
      ...problemResponses("request.invalid", "metrics.unavailable"),
    },
  },
);

/** Series of movements out of the metrics database; it lags behind the ledger by a second or so, and more while it is down. */
export function metricsRoutes({ influx }: ApiParts) {
  return new OpenAPIHono().openapi(metricsRoute, async c => {
    const { every, group_by, ...range } = c.req.valid("query");
    const toMs = clampMs(range.to === undefined ? Date.now() : Date.parse(range.to));
    const fromMs = clampMs(range.from === undefined ? toMs - unitMs.h : Date.parse(range.from));
    const points = (toMs - fromMs) / everyMs(every);
    if (points <= 0) {
      return answerProblem(c, { code: "request.invalid", detail: "from has to be before to.", at: "query.from" });
    }
    if (points > apiLimits.metricsPointsMax) {
      const detail = `That would be ${Math.ceil(points)} intervals; at most ${apiLimits.metricsPointsMax} are answered.`;
      return answerProblem(c, { code: "request.invalid", detail, at: "query.every" });
    }
    if (influx === undefined) {
      return answerProblem(c, { code: "metrics.unavailable", detail: "No InfluxDB is configured (influx.url)." });
    }
    try {
      const rows = await influx.query(influxQl({ fromMs, toMs, every, group_by, sites: sitesOf(c) }));
      const series = rows.map(row => seriesOf(row, group_by));
      return c.json({ from: instantOfMs(fromMs), to: instantOfMs(toMs), every, series }, 200);
    } catch (error) {
      if (!(error instanceof InfluxUnavailable)) throw error;
      return answerProblem(c, { code: "metrics.unavailable", detail: sentence(error) });
    }
  });
}

interface Question {
  readonly fromMs: number;
  readonly toMs: number;
  readonly every: string;
  readonly group_by: keyof typeof tagOf | undefined;
  readonly sites: readonly string[] | undefined;
}

/** All that comes from the request is numbers and words of a list by now, and sites have no quotes in their names. */
function influxQl({ fromMs, toMs, every, group_by, sites }: Question): string {
  const where = sites === undefined ? "" : ` and (${sites.map(site => `"site" = '${site}'`).join(" or ")})`;
  const by = group_by === undefined ? "" : `, "${tagOf[group_by]}"`;
  return [
    `select sum("count") as movements, sum("quantity") as quantity from "${measurement}"`,
    `where time >= ${fromMs}ms and time < ${toMs}ms${where} group by time(${every})${by} fill(none)`,
    `slimit ${apiLimits.metricsSeriesMax}`,
  ].join(" ");
}

function seriesOf({ tags, columns, values }: InfluxSeries, group_by: Question["group_by"]) {
  const [time, movements, quantity] = ["time", "movements", "quantity"].map(column => columns.indexOf(column));
  return {
    key: group_by === undefined ? null : (tags[tagOf[group_by]] ?? null),
    points: values.map(row => ({
      time: instantOfMs(Number(row[time ?? -1])),
      movements: Number(row[movements ?? -1]),
      quantity: Number(row[quantity ?? -1]),
    })),
  };
}

function everyMs(every: string): number {
  const [, count, unit] = everyForm.exec(every) ?? [];
  if (unit !== "s" && unit !== "m" && unit !== "h" && unit !== "d") throw new Error(`${every} is no interval`);
  return Number(count) * unitMs[unit];
}

/** InfluxDB counts nanoseconds since 1970 in 64 bits. */
function clampMs(ms: number): number {
  return Math.min(9_223_372_036_854, Math.max(0, ms));
}
