import type { Content, Unit, UnitMovement } from "../db/follow/units.ts";
import type { Place } from "../stock/model.ts";

/** Where a serialised thing is, as the ledger knows. */
export interface ThingAt {
  readonly placeId: number;
  readonly seenMs: number;
}

/** A movement of contents that follows from their unit's. */
export interface ContentMove {
  readonly siteId: number;
  readonly code: string;
  readonly quantity: number;
  readonly from: string;
  readonly to: string;
  readonly content: Content;
}

export interface Moving {
  readonly unit: Omit<Unit, "version">;
  readonly moves: readonly ContentMove[];
  /** Contents that the unit was told to have, which replace those that it had. */
  readonly filled: boolean;
  /** Things that were seen elsewhere on their own since, and so are in the unit no more. */
  readonly gone: readonly Content[];
  /** Contents that cannot move, since their item has no code for a single unit. */
  readonly nameless: readonly Content[];
}

export interface MovingInput {
  readonly movement: UnitMovement;
  readonly unit: Omit<Unit, "version"> | undefined;
  /** What an open notice to some site announces to be in it. */
  readonly announced:
    | { readonly documentId: string; readonly siteId: number; readonly contents: readonly Content[] }
    | undefined;
  readonly things: ReadonlyMap<string, ThingAt>;
  place(id: number): Place;
  account(siteId: number, code: string): Place;
}

/**
 * What moves with a logistic unit: a quantity of a class of things from where the unit was, once; a thing from where the ledger has it,
 * unless it is there already or something newer is known of it. A thing that was seen on its own in a third place since has left the
 * unit. What the unit was announced with is in it from when it comes in. A movement older than the last one changes nothing.
 * Undefined: nothing follows. Pure.
 */
export function contentsOf(input: MovingInput): Moving | undefined {
  const { movement, unit, announced } = input;
  const { siteId, eventTimeMs } = movement;
  const origin = input.account(siteId, movement.from);
  const target = input.account(siteId, movement.to);
  const filled =
    announced !== undefined &&
    announced.siteId === siteId &&
    announced.documentId !== unit?.documentId &&
    origin.outside &&
    !target.outside;
  if (unit !== undefined && eventTimeMs < unit.seenMs && !filled) return undefined;
  const contents = filled ? announced.contents : (unit?.contents ?? []);
  const documentId = filled ? announced.documentId : unit?.documentId;
  const at = filled || unit?.placeId === undefined ? origin : input.place(unit.placeId);
  const moves: ContentMove[] = [];
  const gone: Content[] = [];
  const nameless: Content[] = [];
  for (const content of contents) {
    const { code, quantity } = content;
    if (code === null) nameless.push(content);
    else if (!content.serialised) moves.push(...classMoves({ code, quantity, content }, at, target, input));
    else {
      const thing = input.things.get(code);
      const fate = filled && thing?.placeId !== target.id ? "moves" : fateOf(thing, at, target, eventTimeMs);
      if (fate === "moves") {
        const from = movement.from === movement.to ? at.code : movement.from;
        moves.push({ siteId, code, quantity, from, to: movement.to, content });
      }
      if (fate === "gone") gone.push(content);
    }
  }
  const now = { code: movement.code, siteId, placeId: target.id, seenMs: eventTimeMs, documentId };
  return { unit: { ...now, contents: contents.filter(one => !gone.includes(one)) }, moves, filled, gone, nameless };
}

function fateOf(thing: ThingAt | undefined, at: Place, target: Place, atMs: number): "moves" | "stays" | "gone" {
  if (thing === undefined) return "moves";
  if (thing.placeId === target.id || thing.seenMs > atMs) return "stays";
  return thing.placeId === at.id ? "moves" : "gone";
}

/** Between two sites through the account of what is in transit, unless it is in an outside of the other site already. */
function classMoves(
  goods: Pick<ContentMove, "code" | "quantity" | "content">,
  at: Place,
  target: Place,
  { account }: Pick<MovingInput, "account">,
): readonly ContentMove[] {
  if (at.siteId === target.siteId) {
    return at.id === target.id ? [] : [{ ...goods, siteId: at.siteId, from: at.code, to: target.code }];
  }
  if (at.outside) {
    return [{ ...goods, siteId: target.siteId, from: account(target.siteId, at.code).code, to: target.code }];
  }
  return [
    { ...goods, siteId: at.siteId, from: at.code, to: "transit" },
    { ...goods, siteId: target.siteId, from: "transit", to: target.code },
  ];
}
