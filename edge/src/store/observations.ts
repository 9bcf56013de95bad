import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Epoch, limits, type Observations as Message, type Observation } from "@tallygate/protocol";
import type { CountedGoods } from "../core/types.ts";
import { StoreFull } from "./errors.ts";
import { int, only, type Row, text } from "./rows.ts";

/** Observations of one epoch in their order, as they are sent. */
export type WaitingObservations = Pick<Message, "epoch" | "observations">;

/** What was counted and the centre has not confirmed. Beside the movements, which have a chain: nothing follows from these but a count. */
export class Observations {
  readonly #insert: StatementSync;
  readonly #first: StatementSync;
  readonly #remove: StatementSync;
  readonly #count: StatementSync;
  readonly #waitingMax: number;
  #waiting = 0;

  constructor(db: DatabaseSync, waitingMax: number) {
    this.#waitingMax = waitingMax;
    this.#insert = db.prepare(
      `insert into observation (epoch, place, code, quantity, event_time_ms, read_point, session) values (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#first = db.prepare("select * from observation order by id limit ?");
    this.#remove = db.prepare("delete from observation where epoch = ? and id <= ?");
    this.#count = db.prepare("select count(*) as n from observation");
    this.reload();
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Keeps what was counted in the epoch that movements get at the moment. Throws `StoreFull`. */
  append(counted: readonly CountedGoods[], epoch: Epoch): void {
    if (this.#waiting + counted.length > this.#waitingMax) {
      throw new StoreFull(
        `${this.#waiting} counted scans wait for the centre, at most ${this.#waitingMax} may: bring the link back`,
      );
    }
    for (const { place, code, quantity, eventTimeMs, readPoint, session } of counted) {
      this.#insert.run(epoch, place, code, quantity, eventTimeMs, readPoint, session);
    }
    this.#waiting += counted.length;
  }

  /** The oldest that wait, as many of one epoch as go into one message; nothing if none waits. */
  first(): WaitingObservations | undefined {
    const rows = this.#first.all(limits.batchObservationsMax);
    const [oldest] = rows;
    if (oldest === undefined) return undefined;
    const epoch = text(oldest, "epoch");
    return {
      epoch: Epoch.parse(epoch),
      observations: rows.filter(row => text(row, "epoch") === epoch).map(observationOf),
    };
  }

  /** The centre has committed all of the epoch up to `through`. */
  confirm(epoch: Epoch, through: number): void {
    this.#waiting -= Number(this.#remove.run(epoch, through).changes);
  }

  reload(): void {
    this.#waiting = int(only(this.#count), "n");
  }
}

function observationOf(row: Row): Observation {
  return {
    seq: int(row, "id"),
    place: text(row, "place") as Observation["place"],
    code: text(row, "code"),
    quantity: int(row, "quantity"),
    eventTimeMs: int(row, "event_time_ms"),
    readPoint: text(row, "read_point"),
    session: text(row, "session"),
  };
}
