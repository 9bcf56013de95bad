import { arch, cpus, platform, totalmem } from "node:os";

/** One figure of one benchmark. `reference` is the same figure of what it is held against, measured in the same run. */
export interface Figure {
  readonly bench: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly reference?: { readonly name: string; readonly value: number };
  /** What it should be: at least, or at most. */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
}

export type Report = (figure: Figure) => void;

export function machine(): string {
  const processors = cpus();
  return `${processors.length} × ${processors[0]?.model.trim() ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}, Node ${process.version}`;
}

export function jsonReport(figure: Figure): void {
  const { bench, metric, value, unit, reference } = figure;
  console.log(
    JSON.stringify({
      bench,
      metric,
      value,
      unit,
      reference: reference?.value ?? null,
      reference_name: reference?.name ?? null,
      ratio: reference === undefined ? null : value / reference.value,
    }),
  );
}

export function textReport(figure: Figure): void {
  const { bench, metric, value, unit, reference, target } = figure;
  const against =
    reference === undefined
      ? ""
      : `   ${(value / reference.value).toFixed(2)} × ${reference.name} (${round(reference.value)})`;
  console.log(
    `${bench.padEnd(15)} ${metric.padEnd(52)} ${round(value).padStart(11)} ${unit}${against}${verdict(value, target)}`,
  );
}

function verdict(value: number, target: Figure["target"]): string {
  if (target === undefined) return "";
  const reached = "atLeast" in target ? value >= target.atLeast : value <= target.atMost;
  const bound = "atLeast" in target ? `≥ ${round(target.atLeast)}` : `≤ ${round(target.atMost)}`;
  return `   target ${bound}: ${reached ? "reached" : "missed"}`;
}

function round(value: number): string {
  return value
    .toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : value < 1000 ? 1 : 0 })
    .replaceAll(",", " ");
}

/** The value below which the given share of the samples lies. Sorts the samples in place. */
export function percentile(samples: Float64Array, share: number): number {
  samples.sort();
  return samples[Math.min(samples.length - 1, Math.floor(samples.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(Float64Array.from(values), 0.5);
}
