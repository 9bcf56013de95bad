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
  /** Whether each antenna is connected, where the device says so. */
  readonly antennas?: Readonly<Record<string, boolean>>;
  readonly antenna_health?: readonly {
    readonly antenna: number;
    readonly last_heard: string;
    readonly rssi_mean_dbm?: number;
    readonly silent: boolean;
  }[];
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

export interface NewDevice {
  readonly source: string;
  readonly messages: number;
  readonly last_heard: string;
  readonly text: string;
  readonly suggested: Readonly<Record<string, unknown>>;
}

/** An open list with its progress: what the centre counted and what this site knows beyond it. */
export interface List {
  readonly id: string;
  /** Absent for a wave that is picked anywhere. */
  readonly read_point?: string;
  readonly step: string;
  readonly opened: string;
  readonly documents: readonly { readonly kind: string; readonly number: string; readonly partner?: string }[];
  readonly wanted: number;
  readonly confirmed: number;
  readonly pending: number;
  readonly total: number;
  readonly over: number;
  readonly complete: boolean;
  /** What is still to be done, in walking order. */
  readonly lines: readonly {
    readonly document: string;
    readonly line: number;
    readonly sku: string;
    readonly name?: string;
    readonly place?: string;
    readonly quantity: number;
  }[];
  readonly unexpected: readonly {
    readonly sku?: string;
    readonly name?: string;
    readonly code: string;
    readonly quantity: number;
  }[];
}

export interface Lists {
  readonly lists: readonly List[];
  /** When the centre told them; absent before the first time. */
  readonly told_at?: string;
  readonly cut: boolean;
}
