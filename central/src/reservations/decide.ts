import { ok, type Result, refuse } from "@tallygate/protocol";
import { Levels, type ReservedChange } from "./levels.ts";
import {
  type Command,
  type End,
  type Expire,
  type Extend,
  type Hold,
  type Line,
  type NumberedLine,
  type Reservation,
  type ReservationState,
  type Reserve,
  remaining,
  type StockRow,
  stateAt,
} from "./model.ts";
import { policyOf } from "./policies/index.ts";
import { type Candidate, mostFirst, type Pick as Picked, takeInOrder } from "./policies/policy.ts";

export interface DecideInput {
  /** In the order in which they are decided. */
  readonly commands: readonly Command[];
  /** The locked levels of everything that the commands name. */
  readonly stock: readonly StockRow[];
  /** The locked reservations that the commands name, as far as they exist. */
  readonly reservations: ReadonlyMap<string, Reservation>;
  readonly nowMs: number;
}

export interface Decided {
  /** One for each command: the reservation as it is then, or why it is not. */
  readonly results: readonly Result<Reservation>[];
  readonly created: readonly Reservation[];
  readonly changed: readonly Reservation[];
  /** By item and place. */
  readonly stock: readonly ReservedChange[];
}

/**
 * Decides what waits, each command after those before it, so that no unit is promised twice (I8) and a reservation ends once. Pure.
 * Paths in problems begin at the command's own fields: `lines[2].quantity`.
 */
export function decide(input: DecideInput): Decided {
  return new Decider(input).run();
}

class Decider {
  private readonly input: DecideInput;
  private readonly levels: Levels;
  private readonly created: Reservation[] = [];
  private readonly changed = new Map<string, Reservation>();

  constructor(input: DecideInput) {
    this.input = input;
    this.levels = new Levels(input.stock);
  }

  run(): Decided {
    const results = this.input.commands.map(command => this.decide(command));
    return { results, created: this.created, changed: [...this.changed.values()], stock: this.levels.changes() };
  }

  private decide(command: Command): Result<Reservation> {
    switch (command.kind) {
      case "reserve":
        return this.reserve(command);
      case "extend":
        return this.extend(command);
      case "fulfil":
      case "release":
        return this.end(command);
      case "expire":
        return this.expire(command);
    }
  }

  private reserve(command: Reserve): Result<Reservation> {
    const holds: Hold[] = [];
    const faults: { readonly at: string; readonly detail: string }[] = [];
    for (const [index, line] of command.lines.entries()) {
      const held = this.hold(command, { ...line, number: line.number ?? index });
      if (held.ok) holds.push(...held.value);
      else faults.push({ at: `lines[${index}].quantity`, detail: held.problem.detail });
    }
    const [first] = faults;
    if (first !== undefined) {
      for (const { itemId, placeId, quantity } of holds) this.levels.reserve(itemId, placeId, -quantity);
      return refuse("reservation.insufficient", faults.map(({ detail }) => detail).join(" "), { at: first.at, faults });
    }
    const { id, policy, reference, documentId, expiresInMs } = command;
    const { nowMs } = this.input;
    const expiresMs = expiresInMs === undefined ? undefined : nowMs + expiresInMs;
    const times = { createdMs: nowMs, expiresMs, endedMs: undefined };
    const reservation: Reservation = { id, state: "held", policy, reference, documentId, ...times, holds };
    // What holds nothing is no promise: it is answered, and there is nothing to write.
    if (holds.length > 0) this.created.push(reservation);
    return ok(reservation);
  }

  private extend(command: Extend): Result<Reservation> {
    const found = this.held(command);
    if (!found.ok) return found;
    let { holds } = found.value;
    for (const line of command.lines) {
      const more = this.hold({ ...command, siteIds: [], whenShort: "take" }, line);
      if (more.ok) holds = withHolds(holds, more.value);
    }
    return ok(this.remember({ ...found.value, holds }));
  }

  private hold(
    {
      policy,
      siteIds,
      withinIds,
      whenShort = "refuse",
    }: Pick<Reserve, "policy" | "siteIds" | "withinIds" | "whenShort">,
    line: NumberedLine,
  ): Result<readonly Hold[]> {
    const { itemId, quantity, number } = line;
    const anywhere = this.levels
      .candidates(itemId, line)
      .filter(({ siteId }) => withinIds === undefined || withinIds.includes(siteId));
    const { takesSites, choose } = policyOf(policy);
    const candidates = takesSites ? anywhere.filter(({ siteId }) => siteIds.includes(siteId)) : anywhere;
    const picks =
      choose(quantity, candidates, siteIds) ?? (whenShort === "take" ? all(quantity, candidates) : undefined);
    if (picks === undefined) return insufficient(line, candidates);
    const sites = new Map(candidates.map(({ placeId, siteId }) => [placeId, siteId]));
    return ok(
      picks.map(({ placeId, quantity }) => {
        this.levels.reserve(itemId, placeId, quantity);
        const siteId = sites.get(placeId) ?? 0;
        return { line: number, itemId, placeId, siteId, quantity, fulfilled: 0, released: 0 };
      }),
    );
  }

  private end(command: End): Result<Reservation> {
    const { id, withinIds } = command;
    const isElsewhere = this.find(id)?.holds.some(({ siteId }) => withinIds?.includes(siteId) === false);
    if (isElsewhere === true) return unknown(id);
    const found = this.held(command);
    if (!found.ok) return found;
    const field = command.kind === "fulfil" ? "fulfilled" : "released";
    const holds = [...found.value.holds];
    for (const [index, line] of (command.lines ?? everythingOf(holds)).entries()) {
      const missing = takeBack(holds, line, field);
      if (missing > 0) return notHeld(line, missing, index);
    }
    return ok(this.change(found.value, holds, field));
  }

  private expire({ id }: Expire): Result<Reservation> {
    const reservation = this.find(id);
    if (reservation === undefined) return unknown(id);
    if (reservation.state !== "held" || stateAt(reservation, this.input.nowMs) === "held") return ok(reservation);
    for (const hold of reservation.holds) this.giveBack(hold, remaining(hold));
    return ok(this.remember({ ...reservation, state: "expired", endedMs: this.input.nowMs }));
  }

  /** The last of it that goes names the end. */
  private change(before: Reservation, holds: readonly Hold[], field: "fulfilled" | "released"): Reservation {
    for (const [index, hold] of before.holds.entries()) {
      const after = holds[index];
      if (after !== undefined) this.giveBack(hold, remaining(hold) - remaining(after));
    }
    const hasEnded = holds.every(hold => remaining(hold) === 0);
    const end = hasEnded ? { state: field satisfies ReservationState, endedMs: this.input.nowMs } : {};
    return this.remember({ ...before, holds, ...end });
  }

  private giveBack({ itemId, placeId }: Hold, quantity: number): void {
    if (quantity > 0) this.levels.reserve(itemId, placeId, -quantity);
  }

  private remember(reservation: Reservation): Reservation {
    this.changed.set(reservation.id, reservation);
    return reservation;
  }

  private find(id: string): Reservation | undefined {
    return this.changed.get(id) ?? this.input.reservations.get(id);
  }

  private held({ id, documentId }: { id: string; documentId?: string | undefined }): Result<Reservation> {
    const reservation = this.find(id);
    if (reservation === undefined) return unknown(id);
    if (reservation.documentId !== documentId) return ofDocument(reservation);
    const state = stateAt(reservation, this.input.nowMs);
    if (state === "held") return ok(reservation);
    const when = new Date(reservation.endedMs ?? reservation.expiresMs ?? 0).toISOString();
    const how = state === "expired" ? "expired" : `was ${state}`;
    return refuse("reservation.ended", `The reservation ${id} ${how} at ${when}; nothing of it is held any more.`);
  }
}

function unknown(id: string) {
  return refuse("reservation.unknown", `There is no reservation ${id}.`, { at: "path.id" });
}

function ofDocument({ id, documentId }: Reservation) {
  const detail = `The reservation ${id} belongs to the document ${documentId ?? ""}; change or cancel the document instead.`;
  return refuse("reservation.of_document", detail, { at: "path.id" });
}

function insufficient({ sku, quantity }: Line, candidates: readonly Candidate[]) {
  const inAll = candidates.reduce((sum, { available }) => sum + available, 0);
  const most = candidates.reduce((max, { available }) => Math.max(max, available), 0);
  const spread = candidates.length > 1 ? `, at most ${most} of them at one place` : "";
  return refuse("reservation.insufficient", `${quantity} of ${sku} were asked for, ${inAll} are available${spread}.`);
}

function notHeld({ sku, quantity }: Line, missing: number, index: number) {
  const at = `lines[${index}].quantity`;
  const detail = `${quantity} of ${sku} were named, the reservation still holds ${quantity - missing} of it there.`;
  return refuse("reservation.insufficient", detail, { at, faults: [{ at, detail }] });
}

function everythingOf(holds: readonly Hold[]): readonly Line[] {
  return holds.map(hold => ({ ...hold, sku: "", quantity: remaining(hold) }));
}

/** All that there is, where it is less than the quantity. */
function all(quantity: number, candidates: readonly Candidate[]): readonly Picked[] | undefined {
  const inAll = candidates.reduce((sum, { available }) => sum + available, 0);
  return takeInOrder(Math.min(quantity, inAll), candidates.toSorted(mostFirst));
}

/** Holds with some more, each line's at a place as one. */
function withHolds(holds: readonly Hold[], more: readonly Hold[]): readonly Hold[] {
  const all = [...holds];
  for (const hold of more) {
    const index = all.findIndex(({ line, placeId }) => line === hold.line && placeId === hold.placeId);
    const before = all[index];
    if (before === undefined) all.push(hold);
    else all[index] = { ...before, quantity: before.quantity + hold.quantity };
  }
  return all;
}

/** Takes a line's quantity out of what is held, in the order of lines and places; gives what is missing. */
function takeBack(holds: Hold[], line: Line, field: "fulfilled" | "released"): number {
  let missing = line.quantity;
  for (const [index, hold] of holds.entries()) {
    if (hold.itemId !== line.itemId || (line.siteId ?? hold.siteId) !== hold.siteId) continue;
    if ((line.placeId ?? hold.placeId) !== hold.placeId) continue;
    const taken = Math.min(missing, remaining(hold));
    holds[index] = { ...hold, [field]: hold[field] + taken };
    missing -= taken;
  }
  return missing;
}
