import { isOutside, type Problem } from "@tallygate/protocol";
import type { ScanMode } from "./core/scanner/modes.ts";
import type { Did, ScanAnswer } from "./core/scanner/scanner-state.ts";
import type { ItemStock } from "./store/stock.ts";

/** What a device shows, or a program reads, of one scan: as JSON over MQTT, or its `text` alone on a serial line. */
export interface AnswerBody {
  readonly ok: boolean;
  /** One line of at most {@link textMax} ASCII characters: `OK 24 OAT-1L dock-1`. */
  readonly text: string;
  readonly did?: Did;
  readonly mode?: ScanMode;
  readonly place?: string;
  readonly code?: string;
  readonly sku?: string;
  readonly name?: string;
  readonly quantity?: number;
  /** How many units of the item the code counts as, where it is a pack's. */
  readonly units?: number;
  readonly from?: string;
  readonly to?: string;
  /** How many scans of goods moved together, or wait for their place. */
  readonly goods?: number;
  /** While counting: what was counted of it so far where the scanner is. What should be there is not told to who counts. */
  readonly counted?: number;
  /** While looking up: what is at each place. */
  readonly stock?: readonly { readonly place: string; readonly quantity: number }[];
  readonly known_at?: string;
  /** The open list where the scanner works, and whether it names what was scanned. What it does not name moved all the same. */
  readonly list?: ListedAnswer;
  /** A half-done sequence was forgotten before this scan. */
  readonly forgot?: true;
  readonly problem?: Problem["code"];
  readonly detail?: string;
}

export interface ListedAnswer {
  readonly id: string;
  readonly documents: readonly string[];
  readonly named: boolean;
}

/** What the answers name things with: the store after the commit. */
export interface AnswerNames {
  /** The open list that goods are on which moved so, as far as the site has been told one. */
  listOf?(answer: ScanAnswer): ListedAnswer | undefined;
  itemOf(classKey: string): ItemStock | undefined;
  /** How many units of its item a class key counts as. */
  unitsOf(classKey: string): number;
}

const textMax = 64;

/** The answer to a scan, with the item's name, and its stock where the mode asks for that. */
export function answerBody(answer: ScanAnswer, names: AnswerNames): AnswerBody {
  const { deviceId: _, did, classKey, problem, knownAt, ...told } = answer;
  const item = classKey === undefined ? undefined : names.itemOf(classKey);
  const list = did === "moved" ? names.listOf?.(answer) : undefined;
  const units = classKey === undefined ? 1 : names.unitsOf(classKey);
  const body = {
    ok: problem === undefined,
    did,
    ...told,
    ...(item?.sku === undefined ? {} : { sku: item.sku, name: item.name }),
    ...(units === 1 ? {} : { units }),
    ...(did === "looked_up" && item !== undefined ? { stock: stockOf(item) } : {}),
    ...(knownAt === undefined ? {} : { known_at: knownAt }),
    ...(list === undefined ? {} : { list }),
    ...(problem === undefined ? {} : { problem: problem.code, detail: problem.detail }),
  };
  return { ...body, text: line(body) };
}

/** The answer to bytes that were no scan. */
export function refusalBody({ code, detail }: Problem): AnswerBody {
  return { ok: false, text: line({ ok: false, problem: code }), problem: code, detail };
}

function stockOf(item: ItemStock | undefined): { place: string; quantity: number }[] {
  return (item?.places ?? [])
    .filter(({ place }) => !isOutside(place))
    .map(({ place, onHand, pending }) => ({ place, quantity: onHand + pending }));
}

function line(body: Omit<AnswerBody, "text">): string {
  const words = body.ok
    ? ["OK", body.list?.named === false ? "not on this list:" : undefined, ...sayings[body.did ?? "moved"](body)]
    : ["NO", problemText(body.problem ?? "internal")];
  const text = words.filter(word => word !== undefined).join(" ");
  return ascii(body.forgot === true ? `${text} (before: forgotten)` : text);
}

type Told = Omit<AnswerBody, "text">;
type Saying = (body: Told) => readonly (string | number | undefined)[];

/** A pack is named with what is in it: `OK 2 x12 OAT-1L dock-1`. */
const goodsName = ({ sku, units, code = "", goods }: Told) =>
  (sku !== undefined && units !== undefined ? `x${units} ${sku}` : sku) ?? (code === "" ? `${goods ?? 0} scans` : code);
const sumOf = ({ stock = [] }: Told) => stock.reduce((sum, { quantity }) => sum + quantity, 0);

/** What a display shows, by what was done. */
const sayings: Readonly<Record<Did, Saying>> = {
  moved: body => [body.quantity, goodsName(body), body.goods === undefined ? body.place : body.to],
  stayed: body => [0, goodsName(body), "no move"],
  waiting: body => [body.quantity, goodsName(body), "from", body.from, "- to?"],
  counted: body => [body.counted, goodsName(body), body.place],
  uncounted: body => ["undo", goodsName(body), body.counted, "left"],
  looked_up: body => [body.stock && sumOf(body), goodsName(body), body.known_at ?? body.name ?? "not in catalogue"],
  mode_set: body => ["mode", body.mode, body.from ?? body.place],
  place_set: body => ["place", body.place],
  from_set: body => ["from", body.from],
  quantity_set: body => ["quantity", body.quantity],
  undone: body => ["undo", body.quantity, goodsName(body), body.to],
  taken_back: body => ["undo", goodsName(body), "not moved"],
  cancelled: () => ["cancelled"],
  repeated: () => ["again"],
  refused: () => [],
};

const problemTexts: Partial<Record<Problem["code"], string>> = {
  "command.unknown": "no such command",
  "place.unknown": "no such place",
  "scan.place_first": "scan place first",
  "scan.too_many": "scan place now",
  "undo.nothing": "nothing to undo",
  "undo.moved_on": "moved on, no undo",
  "movement.meaningless": "quantity or place wrong",
};

function problemText(code: Problem["code"]): string {
  return problemTexts[code] ?? `not read: ${code}`;
}

/** Displays of scanners know ASCII only; letters lose their accents. */
function ascii(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\x20-\x7e]/g, "?")
    .slice(0, textMax);
}
