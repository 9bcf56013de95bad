import { type ProblemCode, type Reading, TimeMs } from "@tallygate/protocol";
import { type MessageContext, nothingParsed, type Parsed, refuseInto } from "../driver.ts";
import { normaliseEpc, normaliseTid } from "../epc.ts";
import { bytesOf, readJson, show } from "../json-message.ts";
import { limits } from "../limits.ts";
import { parseTime } from "../time.ts";
import { type Path, pathOf, valueAt } from "./fields.ts";

export type TimeUnit = "rfc3339" | "s" | "ms" | "us";

/** Which value of an element is which field of a reading. Absent ones are not read. */
export interface FieldPaths {
  readonly epc_hex?: string | undefined;
  readonly scan?: string | undefined;
  readonly tid_hex?: string | undefined;
  readonly antenna?: string | undefined;
  readonly rssi_dbm?: string | undefined;
  readonly read_count?: string | undefined;
  readonly frequency_mhz?: string | undefined;
  readonly phase_deg?: string | undefined;
  readonly sequence?: string | undefined;
  readonly time?: string | undefined;
}

export interface JsonMapping {
  /** Where the list of elements is; absent: the message is a list, or one element. */
  readonly items?: string | undefined;
  readonly fields: FieldPaths;
  readonly time_unit: TimeUnit;
}

export type Fault = { readonly code: ProblemCode; readonly detail: string; readonly at: string };

/** Makes a parser of a mapping; the paths are taken apart once. */
export function jsonParser(mapping: JsonMapping): (payload: Uint8Array, context: MessageContext) => Parsed {
  const items = mapping.items === undefined ? undefined : pathOf(mapping.items);
  const paths = new Map(Object.entries(mapping.fields).map(([field, path]) => [field, pathOf(path)]));
  return (payload, context) => {
    const parsed = nothingParsed();
    const value = readJson(payload, parsed);
    if (value === undefined) return parsed;
    const at = mapping.items ?? "";
    const list = items === undefined ? value : valueAt(value, items);
    if (items !== undefined && !Array.isArray(list)) {
      refuseInto(parsed, "message.shape", `${at} is ${show(list)}; a list was expected.`, payload, at);
    } else {
      takeAll(list, at, payload, parsed, element => readingOf(element, paths, mapping.time_unit, context));
    }
    return parsed;
  };
}

function takeAll(
  list: unknown,
  at: string,
  payload: Uint8Array,
  parsed: Parsed,
  read: (element: unknown) => Reading | Fault,
): void {
  const elements: readonly unknown[] = Array.isArray(list) ? list : [list];
  for (const [index, element] of elements.entries()) {
    if (index >= limits.messageReadingsMax) {
      const detail = `The message has ${elements.length} elements; the limit is ${limits.messageReadingsMax}.`;
      refuseInto(parsed, "message.too_large", detail, payload, `${at}[${index}]`);
      return;
    }
    const taken = read(element);
    if ("code" in taken) {
      const here = Array.isArray(list) ? `${at}[${index}]` : at;
      refuseInto(parsed, taken.code, taken.detail, bytesOf(element, here, payload), `${here}.${taken.at}`);
    } else parsed.readings.push(taken);
  }
}

/** Makes a reading of what stands at the paths of an element, or says what is wrong with it. */
export function readingOf(
  element: unknown,
  paths: ReadonlyMap<string, Path>,
  unit: TimeUnit,
  context: MessageContext,
): Reading | Fault {
  const get = (field: keyof FieldPaths) => {
    const path = paths.get(field);
    const value = path === undefined ? undefined : valueAt(element, path);
    return value === null ? undefined : value;
  };
  const code = codeOf(get("epc_hex"), get("scan"));
  if ("code" in code) return code;
  const reading: Reading = { deviceId: context.deviceId, ...code, receivedTimeMs: context.receivedTimeMs };
  for (const [field, target, check] of numberFields) {
    const value = get(field);
    if (value === undefined) continue;
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number !== "number" || !check(number)) {
      return { code: "message.shape", at: field, detail: `${field} is ${show(value)}, which it cannot be.` };
    }
    reading[target] = number;
  }
  const time = get("time");
  if (time !== undefined) {
    const readerTimeMs = timeOf(time, unit);
    if (readerTimeMs === undefined) {
      return { code: "message.shape", at: "time", detail: `time is ${show(time)}, which is no ${unit} time.` };
    }
    reading.readerTimeMs = readerTimeMs;
  }
  const tidHex = normaliseTid(get("tid_hex"));
  if (tidHex !== undefined) reading.tidHex = tidHex;
  return reading;
}

function codeOf(epc: unknown, scan: unknown): { epcHex: string } | { scan: string } | Fault {
  if (epc !== undefined && epc !== "") {
    const epcHex = typeof epc === "string" ? normaliseEpc(epc) : undefined;
    return epcHex === undefined
      ? { code: "reading.epc", at: "epc_hex", detail: `${show(epc)} is no EPC.` }
      : { epcHex };
  }
  if (scan === undefined || scan === "") {
    return { code: "message.no_tag", at: "", detail: "There is neither an EPC nor a scan." };
  }
  if (typeof scan !== "string") return { code: "message.shape", at: "scan", detail: `scan is ${show(scan)}, no text.` };
  if (scan.length <= limits.codeCharsMax) return { scan };
  return {
    code: "code.length",
    at: "scan",
    detail: `The scan has ${scan.length} characters; ${limits.codeCharsMax} are the limit.`,
  };
}

const isNumber = (value: number) => Number.isFinite(value);
const isWholeFrom = (least: number) => (value: number) => Number.isSafeInteger(value) && value >= least;

const numberFields = [
  ["antenna", "antenna", (value: number) => isWholeFrom(1)(value) && value <= 1024],
  ["rssi_dbm", "rssiDbm", isNumber],
  ["read_count", "readCount", isWholeFrom(1)],
  ["frequency_mhz", "frequencyMHz", isNumber],
  ["phase_deg", "phaseDeg", isNumber],
  ["sequence", "sequence", isWholeFrom(0)],
] as const;

const unitsPerMs = { s: 0.001, ms: 1, us: 1000 } as const;

function timeOf(value: unknown, unit: TimeUnit): number | undefined {
  if (unit === "rfc3339") return typeof value === "string" ? parseTime(value) : undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number") return undefined;
  const time = TimeMs.safeParse(Math.floor(number / unitsPerMs[unit]));
  return time.success ? time.data : undefined;
}
