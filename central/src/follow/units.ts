import type { BizStep } from "@tallygate/protocol";
import type { ExceptionCase } from "../db/exceptions/open.ts";
import {
  deleteContents,
  emptyUnit,
  insertContentMovements,
  lockUnits,
  putContents,
  readAnnouncedUnits,
  readThingsAt,
  takeUnits,
  type Unit,
  type UnitContent,
  type UnitMovement,
  writeUnits,
} from "../db/follow/units.ts";
import type { Client, Pool } from "../db/pool.ts";
import { isConflict, isUnavailable, transaction } from "../db/transaction.ts";
import { openExceptions } from "../exceptions/open.ts";
import type { Directory } from "../ingest/directory.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import { type CentralMovement, recordMovements } from "../record/record-movements.ts";
import { type ContentMove, contentsOf, type Moving, type ThingAt } from "./contents.ts";
import { followLimits } from "./limits.ts";

/** What came of a pass over the movements of units. */
export interface MovedContents {
  /** Movements of units that were taken. */
  readonly moved: number;
  /** To be told to the sites. */
  readonly commits: readonly SiteCommit[];
}

/**
 * Moves what is in logistic units after them, by movements of the centre's own, which are then followed like any other. The queue, the
 * units and the movements are one transaction. What fails together is tried one by one, and what fails alone is told to a person.
 */
export async function moveContents(pool: Pool, directory: Directory): Promise<MovedContents> {
  try {
    return await transaction(pool, client => moveSome(client, directory, followLimits.unitsMax));
  } catch (error) {
    if (isUnavailable(error) || isConflict(error)) throw error;
    return transaction(pool, client => moveSome(client, directory, 1)).catch((alone: unknown) => {
      if (isUnavailable(alone) || isConflict(alone)) throw alone;
      return passOver(pool, alone);
    });
  }
}

async function passOver(pool: Pool, error: unknown): Promise<MovedContents> {
  return transaction(pool, async client => {
    const taken = await takeUnits(client, 1);
    await raise(
      client,
      taken.map(unit => failed(unit, String(error))),
    );
    return { moved: taken.length, commits: [] };
  });
}

async function moveSome(client: Client, directory: Directory, limit: number): Promise<MovedContents> {
  const movements = await takeUnits(client, limit);
  if (movements.length === 0) return { moved: 0, commits: [] };
  const codes = [...new Set(movements.map(({ code }) => code))].sort();
  const units = new Map<string, Unit>(await lockUnits(client, codes));
  const announced = await readAnnouncedUnits(client, codes);
  await lookUp(client, directory, movements, units);
  const contents = [...units.values(), ...announced.values()].flatMap(unit => unit.contents);
  const things = new Map<string, ThingAt>(
    await readThingsAt(
      client,
      [...new Set(contents.flatMap(({ code, serialised }) => (serialised && code) || []))].sort(),
    ),
  );
  const done: { readonly movement: UnitMovement; readonly moving: Moving }[] = [];
  for (const movement of movements) {
    const moving = contentsOf({
      movement,
      unit: units.get(movement.code),
      announced: announced.get(movement.code),
      things,
      place: id => directory.place(id),
      account: (siteId, code) => directory.account(siteId, code),
    });
    if (moving === undefined) continue;
    units.set(movement.code, { ...moving.unit, version: 0 });
    for (const { code } of moving.moves) {
      things.set(code, { placeId: moving.unit.placeId ?? 0, seenMs: movement.eventTimeMs });
    }
    done.push({ movement, moving });
  }
  const commits = await record(client, directory, done);
  await writeUnits(
    client,
    [...units.values()].filter(unit => done.some(({ movement }) => movement.code === unit.code)),
  );
  return { moved: movements.length, commits };
}

/** Names of places are never forgotten, so what is looked up in a transaction that fails is true all the same. */
async function lookUp(
  client: Client,
  directory: Directory,
  movements: readonly UnitMovement[],
  units: ReadonlyMap<string, Unit>,
): Promise<void> {
  await directory.ensureSitesById(client, new Set(movements.map(({ siteId }) => siteId)));
  await directory.ensureAccounts(
    client,
    movements.flatMap(({ siteId, from, to }) => [
      { siteId, code: from },
      { siteId, code: to },
    ]),
  );
  await directory.ensurePlaces(client, new Set([...units.values()].flatMap(({ placeId }) => placeId ?? [])));
}

interface Move {
  readonly unit: UnitMovement;
  readonly move: ContentMove;
  readonly announced: { readonly documentId: string | undefined; readonly line: number | undefined };
}

async function record(
  client: Client,
  directory: Directory,
  done: readonly { readonly movement: UnitMovement; readonly moving: Moving }[],
): Promise<readonly SiteCommit[]> {
  const raised: ExceptionCase[] = [];
  let moves: Move[] = [];
  for (const { movement, moving } of done) {
    await deleteContents(client, goneOf(movement, moving));
    if (moving.filled) {
      await emptyUnit(client, movement.code);
      await putContents(client, contentsIn(movement.code, moving));
    }
    moves.push(
      ...moving.moves.map(move => ({
        unit: movement,
        move,
        // Only what comes in as it was announced carries the notice out.
        announced: moving.filled
          ? { documentId: move.content.documentId, line: move.content.line }
          : { documentId: undefined, line: undefined },
      })),
    );
    if (moving.nameless.length > 0) {
      raised.push(
        failed(movement, "an item in it has no code for a single unit, under which it could move; give it one"),
      );
    }
  }
  for (;;) {
    const recorded = await recordMovements(
      client,
      moves.map(({ unit, move }) => centralOf(unit, move, directory)),
      { actor: "system:units" },
    );
    if (recorded.ok) {
      await insertContentMovements(
        client,
        recorded.value.ids.flatMap((id, index) => {
          const found = moves[index];
          if (found === undefined) return [];
          return [{ ...id, unit: found.unit, ...found.announced }];
        }),
      );
      await raise(client, raised);
      return recorded.value.commits;
    }
    const index = Number(/^movements\[(\d+)\]/.exec(recorded.problem.at ?? "")?.[1] ?? Number.NaN);
    const refused = moves[index];
    if (refused === undefined) throw new Error(`contents of units cannot move: ${recorded.problem.detail}`);
    raised.push(failed(refused.unit, recorded.problem.detail));
    moves = moves.toSpliced(index, 1);
  }
}

function goneOf({ code }: UnitMovement, { gone }: Moving) {
  return gone.flatMap(content => (content.code === null ? [] : [{ unitCode: code, code: content.code }]));
}

function contentsIn(unitCode: string, { unit }: Moving): readonly UnitContent[] {
  return unit.contents.flatMap(content =>
    content.code === null ? [] : [{ ...content, unitCode, code: content.code }],
  );
}

function centralOf(
  unit: UnitMovement,
  { siteId, code, quantity, from, to }: ContentMove,
  directory: Directory,
): CentralMovement {
  return {
    site: directory.siteCode(siteId),
    code,
    quantity,
    from,
    to,
    bizStep: unit.bizStep as BizStep,
    cause: "order",
    eventTimeMs: unit.eventTimeMs,
    readPoint: unit.readPoint,
    reason: `in the unit ${unit.code}`,
  };
}

function failed({ siteId, code, readPoint, eventTimeMs }: UnitMovement, reason: string): ExceptionCase {
  const when = new Date(eventTimeMs).toISOString();
  const detail = `The unit ${code} moved at ${readPoint} at ${when}, and not all of its contents could be moved with it: ${reason}`;
  return { siteId, problem: "document.contents", key: code, detail: detail.slice(0, 1000), count: 1 };
}

async function raise(client: Client, raised: readonly ExceptionCase[]): Promise<void> {
  if (raised.length === 0) return;
  const once = new Map(raised.map(one => [`${one.siteId} ${one.key}`, one]));
  await openExceptions(client, [...once.values()]);
}
