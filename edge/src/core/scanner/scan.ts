import { type Account, limits, type PlaceCode, type Problem, type Reading } from "@tallygate/protocol";
import { type Draft, seenIn } from "../draft.ts";
import type { Sighting } from "../move.ts";
import { findScanner } from "../read-points.ts";
import type { CoreState } from "../state.ts";
import type { ReadPointRule, TimedReading } from "../types.ts";
import { type Command, parseCommand } from "./commands.ts";
import { countGoods, takeBackCounted } from "./counting.ts";
import { goodsOf, isRepeat, moveGoods, moveWaiting, quantityFault, times } from "./goods.ts";
import { movesGoods, routeAt, type ScanMode, stepOf } from "./modes.ts";
import {
  freshScanner,
  type Goods,
  type ScanAnswer,
  type ScannerState,
  scannerLimits,
  withoutSequence,
} from "./scanner-state.ts";
import { undoLast } from "./undo.ts";
import { except, forgetIfLate, isSentAgain, scannerOf, setScanner } from "./upkeep.ts";

/** A scan where the state of its scanner is known. `rule` is the read point's rule as the state changes it. */
interface Scan extends Sighting {
  readonly draft: Draft;
  readonly reading: Reading;
  readonly state: ScannerState;
  readonly mode: ScanMode;
  /** In mode move: goods go at once where the configuration says, unless a place was scanned before them. */
  readonly hasRoute: boolean;
}

/** What became of a scan; `next` is the scanner's state after it, where that is another one. */
type Outcome = Omit<ScanAnswer, "deviceId" | "mode" | "place" | "forgot"> & { readonly next?: ScannerState };

/** One reading of a scanner: a command, a place, or goods. Each gets one answer. */
export function takeScan(draft: Draft, configured: ReadPointRule, timed: TimedReading): void {
  const { reading, eventTimeMs: timeMs } = timed;
  const { deviceId } = reading;
  forgetIfLate(draft, deviceId, timeMs, configured.scan?.forgetMs ?? 0);
  const scan = scanOf(draft, configured, timed);
  const { next, ...outcome } = isSentAgain(draft, reading) ? repeated : outcomeOf(scan);
  const { forgot } = scan.state;
  const state = { ...(next ?? scan.state), forgot: false };
  if (forgot || next !== undefined) setScanner(draft, deviceId, state);
  draft.answers.set(reading, {
    deviceId,
    mode: modeOf(configured, state),
    place: state.place ?? configured.place,
    ...outcome,
    ...(forgot ? { forgot } : {}),
  });
}

const repeated: Outcome = { did: "repeated" };

function scanOf(draft: Draft, configured: ReadPointRule, timed: TimedReading): Scan {
  const { reading, eventTimeMs: timeMs } = timed;
  const state = scannerOf(draft, reading.deviceId);
  const mode = modeOf(configured, state);
  const rule = ruleIn(configured, mode, state.place ?? configured.place);
  const hasRoute = mode !== "move" || (configured.scan?.mode === "move" && configured.scan.hasRoute);
  return { draft, reading, timed, timeMs, state, mode, rule, hasRoute };
}

/** How a scanner stands: what the site's page shows of it. */
export interface ScannerView {
  readonly mode: ScanMode;
  readonly place: string;
  /** What is half done. */
  readonly from: string | undefined;
  readonly goods: number;
  readonly quantity: number | undefined;
  /** Movements that it can undo. */
  readonly undoable: number;
}

/** How the device stands as a scanner, if it is one. */
export function viewScanner({ points, scanners, done }: CoreState, deviceId: string): ScannerView | undefined {
  const rule = findScanner(points, deviceId);
  if (rule === undefined) return undefined;
  const state = scanners.get(deviceId) ?? freshScanner;
  const { from, goods, quantity, place = rule.place } = state;
  const undoable = done.get(deviceId)?.length ?? 0;
  return { mode: modeOf(rule, state), place, from, goods: goods.length, quantity, undoable };
}

export function modeOf(configured: ReadPointRule, state: ScannerState): ScanMode {
  return state.mode ?? configured.scan?.mode ?? "look_up";
}

/** In its configured mode a scanner moves between its configured accounts, with the place that was set instead of its own. */
function ruleIn(configured: ReadPointRule, mode: ScanMode, place: string): ReadPointRule {
  if (mode !== configured.scan?.mode) {
    return { ...configured, place, ...routeAt(mode, place), bizStep: stepOf(mode) ?? configured.bizStep };
  }
  if (place === configured.place) return configured;
  const at = (account: Account) => (account === configured.place ? (place as Account) : account);
  return { ...configured, place, from: at(configured.from), to: at(configured.to) };
}

function outcomeOf(scan: Scan): Outcome {
  const { reading, draft } = scan;
  const { scan: text, epcHex } = reading;
  const command = text === undefined ? undefined : parseCommand(text);
  if (command !== undefined) return command.ok ? obey(scan, command.value) : refused(scan, command.problem, text ?? "");
  const identity = draft.state.identify(epcHex === undefined ? { scan: text ?? "" } : { epcHex });
  if (identity.kind === "place") {
    const place = draft.state.placeOfGln.get(identity.key);
    if (place !== undefined) return takePlace(scan, place);
    const detail = `No place of the configuration has the location ${identity.key}: give it the gln of the label`;
    return refused(scan, { code: "place.unknown", detail }, identity.key);
  }
  if (identity.key.length > limits.codeCharsMax) {
    const detail = `the code has ${identity.key.length} characters, at most ${limits.codeCharsMax} are moved`;
    return refused(scan, { code: "code.length", detail }, identity.key);
  }
  return takeGoods(scan, goodsOf(identity, epcHex));
}

/** Goods that do not move although someone scanned them are an exception, in case nobody sees the answer. */
function refused({ draft, reading }: Scan, problem: Problem, key: string, next?: ScannerState): Outcome {
  except(draft, reading, problem, key);
  return { did: "refused", problem, ...(next === undefined ? {} : { next }) };
}

/** The state after a step of a sequence. */
function step({ draft, state, timeMs }: Scan, change: Partial<ScannerState>): ScannerState {
  return { ...state, ...change, stepMs: timeMs, touchedMs: draft.nowMs };
}

function obey(scan: Scan, command: Command): Outcome {
  switch (command.kind) {
    case "mode":
      return { did: "mode_set", next: inMode(scan.state, command.mode) };
    case "place":
      return takePlace(scan, command.place);
    case "quantity":
      return { did: "quantity_set", quantity: command.quantity, next: step(scan, { quantity: command.quantity }) };
    case "cancel":
      return { did: "cancelled", goods: scan.state.goods.length, next: withoutSequence(scan.state) };
    case "undo":
      return undo(scan);
  }
}

/** A mode begins at the scanner's own place: who picked from a shelf does not mean to receive into it. */
export function inMode(state: ScannerState, mode: ScanMode): ScannerState {
  const { place: _, ...own } = withoutSequence(state);
  return { ...own, mode };
}

/** What waits is taken back first, and what was counted at the place; then what moved is reversed, the latest first. */
function undo(scan: Scan): Outcome {
  const { state, draft } = scan;
  const waiting = state.goods.at(-1);
  if (waiting !== undefined) {
    const { key: code, classKey, quantity } = waiting;
    const goods = state.goods.slice(0, -1);
    const named = classKey === undefined ? {} : { classKey };
    return { did: "taken_back", code, ...named, quantity, goods: goods.length, next: step(scan, { goods }) };
  }
  const uncounted = scan.mode === "count" ? takeBackCounted(draft, scan) : undefined;
  if (uncounted !== undefined) {
    const { code, classKey, quantity, sum } = uncounted;
    return { did: "uncounted", code, classKey, quantity, counted: sum };
  }
  const undone = undoLast(draft, scan);
  if (!undone.ok) return { did: "refused", problem: undone.problem };
  const { code, quantity, from, to } = undone.movement;
  const named = undone.classKey === undefined ? {} : { classKey: undone.classKey };
  return { did: "undone", code, ...named, quantity, from: to, to: from };
}

/** A place: where the scanner is from now on, or in mode move the place that goods leave and then the place that they go to. */
function takePlace(scan: Scan, place: PlaceCode): Outcome {
  const { state, mode, draft } = scan;
  const { places } = draft.state;
  if (places.size > 0 && !places.has(place)) {
    const detail = `The configuration has no place ${place}`;
    return refused(scan, { code: "place.unknown", detail }, place);
  }
  if (mode !== "move") return { did: "place_set", to: place, next: { ...state, place } };
  const account = place as string as Account;
  const { from, goods } = state;
  if (from === undefined || goods.length === 0)
    return { did: "from_set", from: place, next: step(scan, { from: account }) };
  if (from === account) {
    const detail = `The goods are at ${place} already: scan the place that they go to`;
    return refused(scan, { code: "movement.meaningless", detail }, place);
  }
  return finish(scan, goods, from, account);
}

function finish(scan: Scan, waiting: readonly Goods[], from: Account, to: Account): Outcome {
  const moved = moveWaiting(scan.draft, waiting, from, to, scan);
  const next = withoutSequence(scan.state);
  const [only] = waiting;
  const named = only === undefined || waiting.length > 1 ? {} : nameOf(only);
  return { did: moved > 0 ? "moved" : "stayed", ...named, from, to, goods: moved, next };
}

function nameOf({ key: code, classKey, quantity }: Goods) {
  return { code, ...(classKey === undefined ? {} : { classKey }), quantity };
}

/** Goods take the quantity that was set for them, and nothing after them does. */
function takeGoods(scan: Scan, scanned: Goods): Outcome {
  const { quantity, ...rest } = scan.state;
  const goods = times(scanned, quantity);
  const outcome = placeGoods({ ...scan, state: rest }, goods);
  return quantity === undefined ? outcome : { next: rest, ...outcome };
}

function placeGoods(scan: Scan, goods: Goods): Outcome {
  const { mode, state, rule, draft } = scan;
  if (mode === "count") return count(scan, goods);
  if (!movesGoods(mode)) return lookedUp(scan, goods);
  if (mode === "move" && (state.from !== undefined || !scan.hasRoute)) return wait(scan, goods);
  if (rule.from === rule.to) {
    const detail = `Goods would go from ${rule.from} to ${rule.to}, which is the same: set another place`;
    return refused(scan, { code: "movement.meaningless", detail }, goods.key);
  }
  const moved = moveGoods(draft, goods, scan);
  return { ...nameOf(goods), from: rule.from, to: rule.to, ...moved };
}

/** Goods between two scanned places. */
function wait(scan: Scan, goods: Goods): Outcome {
  const { state, draft } = scan;
  if (state.from === undefined) {
    const detail = "Scan the place that the goods leave, then the goods, then the place that they go to";
    return refused(scan, { code: "scan.place_first", detail }, goods.key);
  }
  const fault = quantityFault(goods);
  if (fault !== undefined) return refused(scan, fault, goods.key);
  const known = goods.isThing && state.goods.some(({ key }) => key === goods.key);
  if (known || (!goods.isThing && isRepeat(draft, goods.key, scan))) {
    return { did: "repeated", ...nameOf(goods), goods: state.goods.length };
  }
  if (state.goods.length >= scannerLimits.goodsMax) {
    const detail = `${scannerLimits.goodsMax} scans of goods wait already: scan the place that they go to`;
    return refused(scan, { code: "scan.too_many", detail }, goods.key);
  }
  const waiting = [...state.goods, goods];
  const next = step(scan, { goods: waiting });
  return { did: "waiting", ...nameOf(goods), from: state.from, goods: waiting.length, next };
}

/** Counting moves nothing: the centre is told what is there, and the person what is counted so far. What should be there is not said. */
function count(scan: Scan, goods: Goods): Outcome {
  const fault = quantityFault(goods);
  if (fault !== undefined) return refused(scan, fault, goods.key);
  const { did, sum } = countGoods(scan.draft, goods, scan);
  return { did, ...nameOf(goods), counted: sum };
}

/** Looking up moves nothing, and brings nothing into memory. */
function lookedUp({ draft }: Scan, goods: Goods): Outcome {
  const knownAt = goods.isThing ? accountOf(draft, goods.key) : undefined;
  return { did: "looked_up", ...nameOf(goods), ...(knownAt === undefined ? {} : { knownAt }) };
}

function accountOf(draft: Draft, key: string): string | undefined {
  const slot = draft.state.tags.get(key);
  const tag = slot === undefined ? draft.changes.fresh.get(key) : seenIn(draft, slot);
  return tag?.account ?? draft.lookup.tagPlace(key)?.account;
}
