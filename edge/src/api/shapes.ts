import { z } from "@tallygate/kit";
import { isOutside, type ProblemCode, problems, type Reading } from "@tallygate/protocol";
import { scanModes } from "../core/scanner/modes.ts";
import type { ScannerView } from "../core/scanner/scan.ts";
import type { TimedReading } from "../core/types.ts";
import type { AntennaHealth } from "../drivers/antenna-health.ts";
import type { DeviceView, SiteView } from "../site-view.ts";
import type { StoredException } from "../store/exceptions.ts";
import type { StoredMovement } from "../store/outbox-rows.ts";
import type { ItemStock } from "../store/stock.ts";

/** What the API answers: one schema each, and the function that makes it. Times are RFC 3339, UTC. */

const Time = z.iso.datetime().meta({ example: "2026-09-07T12:50:36.194Z" });

export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

const StockPlace = z.object({
  place: z.string(),
  confirmed: z.int(),
  pending: z.int(),
  total: z.int(),
  reserved: z.int(),
  blocked: z.int(),
});

export const StockLine = z
  .object({
    sku: z.string().optional().meta({ description: "Absent for things that no item of the catalogue has." }),
    class_key: z.string().optional(),
    name: z.string().optional(),
    uom: z.string().optional(),
    status: z.string().optional().meta({ description: "draft, active or discontinued." }),
    tracking: z
      .string()
      .optional()
      .meta({ description: "Whether lots or serials are told apart: none, lot or serial." }),
    confirmed: z.int().meta({ description: "What the centre has, over all places of the site." }),
    pending: z.int().meta({ description: "What movements that wait for the centre will change." }),
    total: z.int(),
    places: z.array(StockPlace),
  })
  .openapi("StockLine");

export function stockLine({ sku, name, uom, status, tracking, places: all }: ItemStock): z.infer<typeof StockLine> {
  const places = all
    .filter(({ place }) => !isOutside(place))
    .map(({ place, onHand, pending, reserved, blocked }) => {
      return { place, confirmed: onHand, pending, total: onHand + pending, reserved, blocked };
    });
  const sum = (part: "confirmed" | "pending" | "total") => places.reduce((total, place) => total + place[part], 0);
  return {
    ...(sku === undefined
      ? { class_key: name }
      : { sku, name, ...(uom ? { uom } : {}), ...(status ? { status } : {}), ...(tracking ? { tracking } : {}) }),
    confirmed: sum("confirmed"),
    pending: sum("pending"),
    total: sum("total"),
    places,
  };
}

export const MovementLine = z
  .object({
    epoch: z.string(),
    seq: z.int(),
    code: z.string(),
    epc_hex: z.string().optional(),
    sku: z.string().optional(),
    name: z.string().optional(),
    quantity: z.int(),
    from: z.string(),
    to: z.string(),
    biz_step: z.string(),
    read_point: z.string(),
    event_time: Time,
    cause: z.string(),
    state: z.enum(["pending", "confirmed"]),
  })
  .openapi("Movement");

/** Names items once for a whole list. */
export function movementLines(view: SiteView, movements: readonly StoredMovement[]): z.infer<typeof MovementLine>[] {
  const items = new Map<string, { sku?: string; name?: string }>();
  return movements.map(({ epoch, seq, movement, classKey, confirmed }) => {
    const item = classKey === undefined ? {} : (items.get(classKey) ?? itemOf(view, classKey));
    if (classKey !== undefined) items.set(classKey, item);
    const { code, epcHex, quantity, from, to, bizStep, readPoint, eventTimeMs, cause } = movement;
    return {
      epoch,
      seq,
      code,
      ...(epcHex === undefined ? {} : { epc_hex: epcHex }),
      ...item,
      quantity,
      from,
      to,
      biz_step: bizStep,
      read_point: readPoint,
      event_time: timeOf(eventTimeMs),
      cause,
      state: confirmed ? "confirmed" : "pending",
    };
  });
}

function itemOf({ store }: SiteView, classKey: string): { sku?: string; name?: string } {
  const sku = store.skuOf(classKey);
  const name = sku === undefined ? undefined : store.stock({ sku, limit: 1 })[0]?.name;
  return { ...(sku === undefined ? {} : { sku }), ...(name === undefined ? {} : { name }) };
}

export const ReadingLine = z
  .object({
    device: z.string(),
    antenna: z.int().optional(),
    epc_hex: z.string().optional(),
    scan: z.string().optional(),
    tid_hex: z.string().optional(),
    rssi_dbm: z.number().optional(),
    read_count: z.int().optional(),
    frequency_mhz: z.number().optional(),
    phase_deg: z.number().optional(),
    sequence: z.int().optional(),
    reader_time: Time.optional().meta({ description: "What the device said." }),
    received_time: Time,
    event_time: Time.meta({ description: "What is believed, after correction of the device's clock." }),
  })
  .openapi("Reading");

const readingNames = {
  antenna: "antenna",
  epcHex: "epc_hex",
  scan: "scan",
  tidHex: "tid_hex",
  rssiDbm: "rssi_dbm",
  readCount: "read_count",
  frequencyMHz: "frequency_mhz",
  phaseDeg: "phase_deg",
  sequence: "sequence",
} as const satisfies Partial<Record<keyof Reading, string>>;

export function readingLine({ reading, eventTimeMs }: TimedReading): z.infer<typeof ReadingLine> {
  const { readerTimeMs, receivedTimeMs, deviceId } = reading;
  const present = Object.entries(reading).flatMap(([field, value]) => {
    const name = Object.entries(readingNames).find(([key]) => key === field)?.[1];
    return name === undefined ? [] : [[name, value] as const];
  });
  return {
    device: deviceId,
    ...Object.fromEntries(present),
    ...(readerTimeMs === undefined ? {} : { reader_time: timeOf(readerTimeMs) }),
    received_time: timeOf(receivedTimeMs),
    event_time: timeOf(eventTimeMs),
  };
}

export const ScannerLine = z
  .object({
    mode: z.enum(scanModes),
    place: z.string().meta({ description: "Where it is: its own place, or one that was set." }),
    from: z.string().optional().meta({ description: "In mode move: the place that was scanned for goods to leave." }),
    waiting: z.int().meta({ description: "Scans of goods that wait for the place they go to." }),
    quantity: z.int().optional().meta({ description: "Set for the next goods." }),
    undoable: z.int().meta({ description: "Movements that it can undo." }),
  })
  .openapi("Scanner");

function scannerLine({ mode, place, from, goods, quantity, undoable }: ScannerView): z.infer<typeof ScannerLine> {
  return {
    mode,
    place,
    ...(from === undefined ? {} : { from }),
    waiting: goods,
    ...(quantity === undefined ? {} : { quantity }),
    undoable,
  };
}

export const DeviceLine = z
  .object({
    id: z.string(),
    driver: z.string(),
    state: z.enum(["connected", "waiting", "silent", "failed"]),
    detail: z.string().optional().meta({ description: "What there is to say about the state." }),
    places: z.array(z.string()),
    scanner: ScannerLine.optional().meta({ description: "Absent for a device that is no scanner." }),
    last_heard: Time.optional(),
    messages: z.int(),
    readings: z.int(),
    readings_per_s: z.number(),
    refused: z.int(),
    refused_by_code: z.record(z.string(), z.int()),
    lost: z
      .int()
      .meta({ description: "Readings that the device lost before us: told by it, or missing in its counter." }),
    clock_skew_ms: z.number().optional(),
    antennas: z.record(z.string(), z.boolean()).meta({ description: "Whether each antenna is connected." }),
    antenna_health: z
      .array(
        z.object({
          antenna: z.int(),
          last_heard: Time,
          readings: z.int(),
          readings_per_s: z.number(),
          rssi_mean_dbm: z.number().optional().meta({ description: "How strongly it usually hears." }),
          rssi_deviation_db: z.number().optional(),
          silent: z.boolean().meta({ description: "It used to hear and does not any more, while others do." }),
        }),
      )
      .meta({ description: "How each antenna hears, since the process started." }),
    missed: z.string().optional().meta({ description: "Why its silence is an alarm." }),
    inputs: z.record(z.string(), z.boolean()).meta({ description: "Level of each general purpose input." }),
    trouble: z.object({ detail: z.string(), time: Time }).optional(),
  })
  .openapi("Device");

export function deviceLine(device: DeviceView): z.infer<typeof DeviceLine> {
  const { id, driver, state, detail, places, lastHeardMs, clockSkewMs, trouble } = device;
  return {
    id,
    driver,
    state,
    ...(detail === undefined ? {} : { detail }),
    places: [...places],
    ...(device.scanner === undefined ? {} : { scanner: scannerLine(device.scanner) }),
    ...(lastHeardMs === undefined ? {} : { last_heard: timeOf(lastHeardMs) }),
    messages: device.messages,
    readings: device.readings,
    readings_per_s: Math.round(device.readingsPerS * 10) / 10,
    refused: device.refused,
    refused_by_code: Object.fromEntries(device.refusedByCode),
    lost: device.lost,
    ...(clockSkewMs === undefined ? {} : { clock_skew_ms: Math.round(clockSkewMs) }),
    antennas: Object.fromEntries(device.antennas),
    antenna_health: device.antennasHeard.map(antennaLine),
    ...(device.missed === undefined ? {} : { missed: device.missed }),
    inputs: Object.fromEntries(device.inputs),
    ...(trouble === undefined ? {} : { trouble: { detail: trouble.detail, time: timeOf(trouble.atMs) } }),
  };
}

function antennaLine({ antenna, lastHeardMs, readings, readingsPerS, rssi, silent }: AntennaHealth) {
  const tenths = (value: number) => Math.round(value * 10) / 10;
  const strength =
    rssi === undefined ? {} : { rssi_mean_dbm: tenths(rssi.meanDbm), rssi_deviation_db: tenths(rssi.deviationDb) };
  const heard = { last_heard: timeOf(lastHeardMs), readings, readings_per_s: tenths(readingsPerS) };
  return { antenna, ...heard, ...strength, silent };
}

export const ExceptionLine = z
  .object({
    id: z.int(),
    problem: z.enum(Object.fromEntries(Object.keys(problems).map(code => [code, code]))),
    title: z.string(),
    detail: z.string(),
    device: z.string().optional(),
    key: z.string(),
    count: z.int().meta({ description: "How often on that day." }),
    first_time: Time,
    last_time: Time,
    state: z.enum(["open", "resolved"]),
    size_bytes: z.int(),
    text: z.string().meta({ description: "The beginning of what came, as text." }),
  })
  .openapi("Exception");

const textBytes = 200;

export function exceptionLine(exception: StoredException): z.infer<typeof ExceptionLine> {
  const { id, title, detail, deviceId, key, count, firstMs, lastMs, state, bytes, bytesWhole } = exception;
  const problem: ProblemCode = exception.problem;
  return {
    id,
    problem,
    title,
    detail,
    ...(deviceId === "" ? {} : { device: deviceId }),
    key,
    count,
    first_time: timeOf(firstMs),
    last_time: timeOf(lastMs),
    state,
    size_bytes: bytesWhole,
    text: Buffer.from(bytes.subarray(0, textBytes)).toString("utf8"),
  };
}

export const StatusBody = z
  .object({
    site: z.string(),
    time: Time,
    time_zone: z.string(),
    link: z.object({
      state: z.enum(["up", "greeting", "down"]),
      since: Time,
      trouble: z.string().optional().meta({ description: "What is in the way." }),
    }),
    epoch: z.string(),
    last_seq: z.int(),
    cursor: z.object({ epoch: z.string(), seq: z.int() }).meta({ description: "What the centre has confirmed." }),
    waiting: z.int().meta({ description: "Movements that the centre has not confirmed." }),
    oldest_waiting: Time.optional(),
    confirmed_at: Time.optional(),
    exceptions_open: z.int(),
    alarms: z.array(z.string()),
    readings_total: z.int().meta({ description: "Since the process started." }),
    movements_total: z.int().meta({ description: "Of this opening of the store." }),
    unknown_messages: z.int().meta({ description: "Messages on topics of no device, since the process started." }),
  })
  .openapi("Status");

const linkStates = { disconnected: "down", greeting: "greeting", sending: "up" } as const;

export function statusBody(view: SiteView): z.infer<typeof StatusBody> {
  const { config, store } = view;
  const { epoch, lastSeq, waiting, oldestWaitingMs, exceptionsOpen } = view.counts();
  const { state, sinceMs, trouble, lastConfirmedMs: confirmedMs } = view.link();
  const cursor = store.unconfirmed()[0] ?? store.epoch;
  return {
    site: config.site,
    time: timeOf(view.nowMs()),
    time_zone: config.time_zone,
    link: { state: linkStates[state], since: timeOf(sinceMs), ...(trouble === undefined ? {} : { trouble }) },
    epoch,
    last_seq: lastSeq,
    cursor: { epoch: cursor.epoch, seq: cursor.confirmed },
    waiting,
    ...(oldestWaitingMs === undefined ? {} : { oldest_waiting: timeOf(oldestWaitingMs) }),
    ...(confirmedMs === undefined ? {} : { confirmed_at: timeOf(confirmedMs) }),
    exceptions_open: exceptionsOpen,
    alarms: view.alarms(),
    readings_total: view.readingsTotal(),
    movements_total: lastSeq,
    unknown_messages: view.intake.unknownMessages,
  };
}
