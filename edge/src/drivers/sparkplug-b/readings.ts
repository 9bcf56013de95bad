import type { SparkplugMapping } from "./parse.ts";
import { type DataSet, type Metric, type Payload, typed } from "./payload.ts";
import type { Born, Known } from "./session.ts";

/** The values of one reading by their fields, and where they stood. */
export interface Element {
  readonly values: ReadonlyMap<string, unknown>;
  readonly at: string;
}

interface Named {
  readonly name: string;
  readonly metric: Metric;
  readonly datatype: number | undefined;
}

/** The fields' values as of a birth: a metric that does not change is not sent again. */
export function rememberBirth(born: Born, { metrics }: Payload, mapping: SparkplugMapping): void {
  const fields = fieldsByName(mapping);
  for (const { name, metric, datatype } of named(metrics, born).list) {
    for (const field of fields.get(name) ?? []) born.last.set(field, typed(metric.raw, datatype));
  }
}

/** The readings in a data message, and how many of its metrics nobody knows the names of. */
export function elementsOf(
  payload: Payload,
  born: Born | undefined,
  mapping: SparkplugMapping,
): { readonly elements: readonly Element[]; readonly unnamed: number } {
  const { list, unnamed } = named(payload.metrics, born);
  const { table } = mapping;
  const elements =
    table === undefined
      ? elementsOfMetrics(list, payload, born, mapping)
      : list.filter(({ name }) => name === table).flatMap(each => elementsOfTable(each, payload, mapping));
  return { elements, unnamed };
}

/** Metrics with their names; those of a template stand behind it, as `Template/Member`. */
function named(metrics: readonly Metric[], born: Born | undefined): { list: readonly Named[]; unnamed: number } {
  const list: Named[] = [];
  let unnamed = 0;
  for (const metric of metrics) {
    const known = knownOf(metric, born);
    if (known === undefined) unnamed++;
    else pushNamed(list, metric, known);
  }
  return { list, unnamed };
}

function knownOf({ name, alias, datatype }: Metric, born: Born | undefined): Known | undefined {
  if (name !== undefined && name !== "") return { name, datatype: datatype ?? born?.byName.get(name)?.datatype };
  const known = alias === undefined ? undefined : born?.byAlias.get(alias);
  return known && { name: known.name, datatype: datatype ?? known.datatype };
}

function pushNamed(list: Named[], metric: Metric, { name, datatype }: Known): void {
  const { raw } = metric;
  if (typeof raw !== "object" || !("kind" in raw) || raw.kind !== "template") {
    list.push({ name, metric, datatype });
    return;
  }
  for (const member of raw.metrics) {
    const { name: own = "", datatype: type } = member;
    const timestampMs = member.timestampMs ?? metric.timestampMs;
    const dated = timestampMs === undefined ? member : { ...member, timestampMs };
    pushNamed(list, dated, { name: `${name}/${own}`, datatype: type });
  }
}

/**
 * Metrics that came together are one reading, in which what was not sent is as it last was. Where a message brings several, a field
 * that comes again or has another time begins the next.
 */
function elementsOfMetrics(
  list: readonly Named[],
  payload: Payload,
  born: Born | undefined,
  mapping: SparkplugMapping,
): readonly Element[] {
  const fields = fieldsByName(mapping);
  const elements: Element[] = [];
  const codes = list.filter(({ name }) => fields.get(name)?.some(isCode));
  const last = born?.last ?? new Map<string, unknown>();
  let group: { values: Map<string, unknown>; timeMs: number | undefined } | undefined;
  const end = () => {
    if (group === undefined) return;
    if ([...group.values].some(([field, value]) => isCode(field) && value !== undefined && value !== "")) {
      const time = group.timeMs ?? payload.timestampMs;
      const kept = [...last].filter(([field]) => !isCode(field) && field !== "time");
      const timed = group.values.has("time") || time === undefined ? [] : [["time", time] as const];
      const values = new Map<string, unknown>([...kept, ...timed, ...group.values]);
      elements.push({ values, at: `readings[${elements.length}]` });
    }
    for (const [field, value] of group.values) last.set(field, value);
    group = undefined;
  };
  for (const { name, metric, datatype } of list) {
    const own = fields.get(name);
    if (own === undefined) continue;
    const other = codes.length > 1 && group?.timeMs !== undefined && group.timeMs !== metric.timestampMs;
    if (other || own.some(field => group?.values.has(field))) end();
    group ??= { values: new Map(), timeMs: metric.timestampMs };
    for (const field of own) group.values.set(field, typed(metric.raw, datatype));
  }
  end();
  return elements;
}

function elementsOfTable({ name, metric }: Named, payload: Payload, mapping: SparkplugMapping): readonly Element[] {
  const table = metric.raw;
  if (!isTable(table)) return [];
  const fields = fieldsByName(mapping);
  const time = metric.timestampMs ?? payload.timestampMs;
  return table.rows.map((row, index): Element => {
    const values = new Map<string, unknown>(time === undefined ? [] : [["time", time]]);
    for (const [column, raw] of row.entries()) {
      const own = fields.get(table.columns[column] ?? "");
      for (const field of own ?? []) values.set(field, typed(raw, table.types[column]));
    }
    return { values, at: `${name}[${index}]` };
  });
}

function isTable(raw: Metric["raw"]): raw is DataSet {
  return typeof raw === "object" && "kind" in raw && raw.kind === "table";
}

function isCode(field: string): boolean {
  return field === "epc_hex" || field === "scan";
}

const byName = new WeakMap<SparkplugMapping, ReadonlyMap<string, readonly string[]>>();

/** Which fields a metric or column is; usually one. */
function fieldsByName(mapping: SparkplugMapping): ReadonlyMap<string, readonly string[]> {
  const made = byName.get(mapping);
  if (made !== undefined) return made;
  const map = new Map<string, string[]>();
  for (const [field, name] of Object.entries(mapping.fields)) {
    if (typeof name === "string") map.set(name, [...(map.get(name) ?? []), field]);
  }
  byName.set(mapping, map);
  return map;
}
