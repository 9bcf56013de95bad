import type { SimulationTruth } from "./simulation.ts";

/** What a simulation did and what is so now, for people. */
export function summarise(truth: SimulationTruth): string {
  const { totals } = truth;
  const lines = [
    `${truth.events} events in ${(truth.atMs / 1000).toFixed(1)} s of the world`,
    `${totals.readings} readings in ${totals.made} messages: ${totals.sent} sent, ${totals.answered} answered, ${totals.resent} resent, ${totals.pending} without an answer`,
    ...(truth.doubtful.length === 0 ? [] : [`${truth.doubtful.length} scans may have been taken or not`]),
    "",
    ...table(
      ["site", "sku", "place", "on hand", "tagged", "scanned"],
      truth.stock.map(row => {
        return [row.site, row.sku, row.place, String(row.onHand), String(row.tagged), String(row.scanned)];
      }),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)));
  return [head, ...rows].map(row => {
    return row
      .map((cell, column) => (column < 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ");
  });
}
