/** What the edge's HTTP API answers, as far as the page uses it. Times are RFC 3339, UTC. */

export interface Status {
  readonly site: string;
  readonly time: string;
  readonly time_zone: string;
  readonly link: { readonly state: "up" | "greeting" | "down"; readonly since: string };
  readonly waiting: number;
  readonly oldest_waiting?: string;
  readonly confirmed_at?: string;
  readonly exceptions_open: number;
  readonly alarms: readonly string[];
  readonly readings_total: number;
  readonly movements_total: number;
}

export interface Device {
  readonly id: string;
  readonly driver: string;
  readonly state: "connected" | "waiting" | "silent" | "failed";
  readonly last_heard?: string;
  readonly readings: number;
  readonly readings_per_s: number;
  readonly refused: number;
  readonly clock_skew_ms?: number;
  readonly detail?: string;
  readonly places: readonly string[];
  /** Absent for a device that is no scanner. */
  readonly scanner?: { readonly mode: ScanMode; readonly place: string; readonly waiting: number };
}

export const scanModes = ["receive", "ship", "pick", "move", "count", "look_up"] as const;
export type ScanMode = (typeof scanModes)[number];

export interface Movement {
  readonly epoch: string;
  readonly seq: number;
  readonly code: string;
  readonly sku?: string;
  readonly name?: string;
  readonly quantity: number;
  readonly from: string;
  readonly to: string;
  readonly biz_step: string;
  readonly read_point: string;
  readonly event_time: string;
  readonly state: "pending" | "confirmed";
}

export interface StockLine {
  readonly sku?: string;
  readonly class_key?: string;
  readonly name?: string;
  readonly confirmed: number;
  readonly pending: number;
  readonly total: number;
  readonly places: readonly {
    readonly place: string;
    readonly confirmed: number;
    readonly pending: number;
    readonly total: number;
  }[];
}

export interface Exception {
  readonly id: number;
  readonly problem: string;
  readonly device?: string;
  readonly detail: string;
  readonly count: number;
  readonly last_time: string;
}
