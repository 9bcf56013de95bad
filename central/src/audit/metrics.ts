import { Counter, Gauge, type Registry } from "prom-client";

/** What the standing auditor counts; names and labels are part of the interface. */
export interface AuditMetrics {
  readonly rows: Counter;
  readonly faults: Counter<"kind">;
  readonly leading: Gauge;
  readonly lastPass: Gauge;
  readonly seals: Counter;
}

export function createAuditMetrics(registry: Registry): AuditMetrics {
  const registers = [registry];
  return {
    rows: new Counter({
      name: "tallygate_audit_rows_total",
      help: "Rows of the ledger that this process has audited",
      registers,
    }),
    faults: new Counter({
      name: "tallygate_audit_faults_total",
      help: "Rows that the standing auditor found to disagree, by kind; any at all is a reason to look",
      labelNames: ["kind"],
      registers,
    }),
    leading: new Gauge({
      name: "tallygate_audit_leading",
      help: "1 while this process is the one that audits",
      registers,
    }),
    lastPass: new Gauge({
      name: "tallygate_audit_last_full_pass_timestamp_seconds",
      help: "When the last full pass over the ledger ended, as far as this process saw it",
      registers,
    }),
    seals: new Counter({
      name: "tallygate_audit_seals_total",
      help: "Seals that this process has made by itself",
      registers,
    }),
  };
}
