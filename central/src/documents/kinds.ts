import assert from "node:assert/strict";
import { type Machine, next } from "./machine.ts";
import { orderMachine } from "./order.ts";
import { returnMachine } from "./return.ts";
import { shipmentMachine } from "./shipment.ts";
import { transferMachine } from "./transfer.ts";

export interface Kind {
  readonly machine: Machine<string, string>;
  /** Its resources: `/v1/orders`. */
  readonly path: string;
  /** Before a number of ours. */
  readonly prefix: string;
  /** Whether goods are held for it, and wait for stock where there is none. */
  readonly holds: boolean;
  /** The event that its lines amount to. */
  readonly progress: (lines: readonly Progress[]) => string;
}

/** THE list of kinds of documents. */
export const kinds = {
  order: {
    machine: orderMachine,
    path: "/v1/orders",
    prefix: "SO-",
    holds: true,
    progress: lines => outgoing(lines, { some: "pick", all: "pick_all" }, { some: "ship", all: "ship_all" }),
  },
  shipment: {
    machine: shipmentMachine,
    path: "/v1/shipments",
    prefix: "ASN-",
    holds: false,
    progress: incoming,
  },
  transfer: {
    machine: transferMachine,
    path: "/v1/transfers",
    prefix: "TO-",
    holds: true,
    progress: lines => outgoing(lines, { some: "leave", all: "leave_all" }, { some: "arrive", all: "arrive_all" }),
  },
  return: {
    machine: returnMachine,
    path: "/v1/returns",
    prefix: "RMA-",
    holds: false,
    progress: lines => inspection(lines) ?? incoming(lines),
  },
} as const satisfies Record<string, Kind>;

export type DocumentKind = keyof typeof kinds;
export const documentKinds = Object.keys(kinds) as readonly DocumentKind[];

export function kindOf(kind: DocumentKind): Kind {
  return kinds[kind];
}

/** How far a line is carried out. */
export interface Progress {
  readonly quantity: number;
  readonly backordered: number;
  readonly picked: number;
  readonly done: number;
  readonly inspected: number;
}

/** The state that a document's lines put it in. A state that is left by nothing stays; so does one that the event does not change. */
export function stateAfter(kind: DocumentKind, state: string, lines: readonly Progress[]): string {
  const { machine, progress } = kindOf(kind);
  return next(machine, state, progress(lines)) ?? state;
}

/** Whether nothing more is awaited in a state. */
export function isEnded(kind: DocumentKind, state: string): boolean {
  const found = kindOf(kind).machine.states[state];
  assert(found !== undefined, `${kind} has no state ${state}`);
  return found.ended ?? false;
}

/** What a line's goods still have to be held for: what has not left its shelf. */
export function toLeave({ quantity, picked, done }: Pick<Progress, "quantity" | "picked" | "done">): number {
  return Math.max(0, quantity - Math.max(picked, done));
}

type Stage = { readonly some: string; readonly all: string };

function outgoing(lines: readonly Progress[], leaving: Stage, end: Stage): string {
  if (lines.some(({ done }) => done > 0)) {
    return lines.every(({ quantity, done }) => done >= quantity) ? end.all : end.some;
  }
  if (lines.some(({ picked }) => picked > 0)) {
    return lines.every(line => toLeave(line) === 0) ? leaving.all : leaving.some;
  }
  return lines.some(({ backordered }) => backordered > 0) ? "backorder" : "reserve";
}

function incoming(lines: readonly Progress[]): string {
  if (!lines.some(({ done }) => done > 0)) return "take_back";
  return lines.every(({ quantity, done }) => done >= quantity) ? "receive_all" : "receive";
}

function inspection(lines: readonly Progress[]): string | undefined {
  if (!lines.some(({ inspected }) => inspected > 0)) return undefined;
  const isAll = lines.every(({ quantity, done, inspected }) => done >= quantity && inspected >= done);
  return isAll ? "inspect_all" : "inspect";
}
