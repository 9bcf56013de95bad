import type { Report } from "./report.ts";

/** A benchmark: one file that exports one of these, and one line in `benches.ts`. */
export interface Bench {
  readonly summary: string;
  readonly run: (report: Report, options: { readonly brief: boolean }) => Promise<void>;
}
