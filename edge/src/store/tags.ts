import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Account } from "@tallygate/protocol";
import { type KeptScanner, ScannerState } from "../core/scanner/scanner-state.ts";
import type { ClockSkew, Decision, TagPlace } from "../core/types.ts";
import { int, only, type Row, text } from "./rows.ts";

export interface TagQuery {
  /** Beginning of the key. */
  readonly prefix?: string;
  readonly after?: string;
  readonly limit: number;
}

/** How long a scan is remembered that its device might send again. */
const scanAgeMaxMs = 7 * 86_400_000;
const forgetScansAtOnce = 100;

/** What is known of single things: where each tag is; and beside it which scans were taken, the devices' clocks and the scanners' modes. */
export class Tags {
  readonly #put: StatementSync;
  readonly #get: StatementSync;
  readonly #list: StatementSync;
  readonly #count: StatementSync;
  readonly #putScan: StatementSync;
  readonly #getScan: StatementSync;
  readonly #forgetScans: StatementSync;
  readonly #putClock: StatementSync;
  readonly #clocks: StatementSync;
  readonly #putScanner: StatementSync;
  readonly #scanners: StatementSync;

  constructor(db: DatabaseSync) {
    this.#put = db.prepare(
      `insert into tag (key, account, event_time_ms) values (?, ?, ?)
         on conflict (key) do update set account = excluded.account, event_time_ms = excluded.event_time_ms`,
    );
    this.#get = db.prepare("select account, event_time_ms from tag where key = ?");
    this.#list = db.prepare("select * from tag where key > ? and key >= ? and key < ? order by key limit ?");
    this.#count = db.prepare("select count(*) as n from tag");
    this.#putScan = db.prepare("insert or ignore into scan_seen (fingerprint, time_ms) values (?, ?)");
    this.#getScan = db.prepare("select 1 from scan_seen where fingerprint = ?");
    this.#forgetScans = db.prepare(
      `delete from scan_seen where fingerprint in
         (select fingerprint from scan_seen where time_ms < ? order by time_ms limit ${forgetScansAtOnce})`,
    );
    this.#putClock = db.prepare("insert or replace into clock (device_id, skew_ms) values (?, ?)");
    this.#clocks = db.prepare("select device_id, skew_ms from clock");
    this.#putScanner = db.prepare(
      "insert or replace into scanner_state (device_id, configured, state) values (?, ?, ?)",
    );
    this.#scanners = db.prepare("select device_id, configured, state from scanner_state");
  }

  putTick({ tagPlaces, scansSeen, clocks, scanners, nowMs }: Decision): void {
    this.#putPlaces(tagPlaces);
    this.#putScans(scansSeen, nowMs);
    for (const { deviceId, skewMs } of clocks) this.#putClock.run(deviceId, skewMs);
    for (const { deviceId, configured, state } of scanners) {
      this.#putScanner.run(deviceId, configured, JSON.stringify(state));
    }
  }

  #putPlaces(places: readonly TagPlace[]): void {
    for (const { key, account, eventTimeMs } of places) this.#put.run(key, account, eventTimeMs);
  }

  get(key: string): TagPlace | undefined {
    const row = this.#get.get(key);
    return row === undefined ? undefined : placeOf(key, row);
  }

  list({ prefix = "", after = "", limit }: TagQuery): TagPlace[] {
    return this.#list.all(after, prefix, `${prefix}\u{10ffff}`, limit).map(row => placeOf(text(row, "key"), row));
  }

  count(): number {
    return int(only(this.#count), "n");
  }

  #putScans(fingerprints: readonly string[], nowMs: number): void {
    if (fingerprints.length === 0) return;
    for (const fingerprint of fingerprints) this.#putScan.run(fingerprint, nowMs);
    this.#forgetScans.run(nowMs - scanAgeMaxMs);
  }

  hasScan(fingerprint: string): boolean {
    return this.#getScan.get(fingerprint) !== undefined;
  }

  clocks(): ClockSkew[] {
    return this.#clocks.all().map(row => ({ deviceId: text(row, "device_id"), skewMs: int(row, "skew_ms") }));
  }

  scanners(): KeptScanner[] {
    return this.#scanners.all().map(row => ({
      deviceId: text(row, "device_id"),
      configured: text(row, "configured"),
      state: ScannerState.parse(JSON.parse(text(row, "state"))),
    }));
  }
}

function placeOf(key: string, row: Row): TagPlace {
  return { key, account: text(row, "account") as Account, eventTimeMs: int(row, "event_time_ms") };
}
