import { binaryArray } from "../binary.ts";
import { movementsOfStretch } from "../ledger/months.ts";
import type { Client, Executor } from "../pool.ts";
import type { Stretch } from "./cursors.ts";

/** Lets contents be moved after their units, of those movements whose unit has contents or was announced with some. */
export async function queueUnits(client: Client, stretches: readonly Stretch[]): Promise<void> {
  if (stretches.length === 0) return;
  await client.query({
    name: "follow-queue-units",
    text: `insert into follow_unit (epoch_id, seq)
      select moved.epoch_id, moved.seq
      from unnest($1::integer[], $2::bigint[], $3::bigint[]) as stretch (epoch_id, after, upto)
      cross join lateral ${movementsOfStretch} moved
      where moved.code like '(00)%' and (exists (select from unit) or exists (select from document_unit))
        and (exists (select from unit where code = moved.code) or exists (select from document_unit where code = moved.code))
      order by record_time, moved.epoch_id, moved.seq`,
    values: [
      binaryArray.integer(stretches.map(stretch => stretch.epochId)),
      binaryArray.bigint(stretches.map(stretch => stretch.after)),
      binaryArray.bigint(stretches.map(stretch => stretch.upto)),
    ],
  });
}

/** A unit's movement, in the words of the contract. */
export interface UnitMovement {
  readonly epochId: number;
  readonly seq: number;
  readonly siteId: number;
  readonly code: string;
  readonly from: string;
  readonly to: string;
  readonly bizStep: string;
  readonly readPoint: string;
  readonly eventTimeMs: number;
}

/** Takes movements of units off the queue, in the order in which they were recorded. */
export async function takeUnits(client: Client, limit: number): Promise<readonly UnitMovement[]> {
  const { rows } = await client.query<UnitMovement>({
    name: "follow-take-units",
    text: `with taken as (
        delete from follow_unit where id in (select id from follow_unit order by id limit $1) returning id, epoch_id, seq
      )
      select m.epoch_id as "epochId", m.seq, site_id as "siteId", code, from_account as from, to_account as to,
        biz_step as "bizStep", read_point as "readPoint", (extract(epoch from event_time) * 1000)::float8 as "eventTimeMs"
      from taken cross join lateral movement_at(taken.epoch_id, taken.seq) m order by taken.id`,
    values: [limit],
  });
  return rows;
}

/** What is in a unit, or was announced to be. */
export interface Content {
  readonly itemId: number;
  /** Null for a class of things whose item has no code for a single unit. */
  readonly code: string | null;
  readonly serialised: boolean;
  readonly quantity: number;
  readonly documentId: string | undefined;
  readonly line: number | undefined;
}

export interface Unit {
  readonly code: string;
  readonly siteId: number;
  readonly placeId: number | undefined;
  readonly seenMs: number;
  readonly documentId: string | undefined;
  readonly version: number;
  readonly contents: readonly Content[];
}

/** Locks units in the order of their codes, and gives them with their contents. */
export async function lockUnits(client: Client, codes: readonly string[]): Promise<ReadonlyMap<string, Unit>> {
  await client.query({
    name: "follow-lock-units",
    text: "select from unit where code = any($1::text[]) order by code for update",
    values: [binaryArray.text(codes)],
  });
  return readUnits(client, codes);
}

export async function readUnits(db: Executor, codes: readonly string[]): Promise<ReadonlyMap<string, Unit>> {
  const { rows } = await db.query<{
    code: string;
    site_id: number;
    place_id: number | null;
    seen: number;
    document_id: string | null;
    version: number;
  }>({
    name: "follow-read-units",
    text: `select code, site_id, place_id, (extract(epoch from seen) * 1000)::float8 as seen, document_id, version
      from unit where code = any($1::text[])`,
    values: [binaryArray.text(codes)],
  });
  const { rows: contents } = await db.query<ContentRow>({
    name: "follow-read-contents",
    text: `select unit_code, item_id, code, serialised, quantity, document_id, line from unit_content
      where unit_code = any($1::text[]) order by unit_code, code`,
    values: [binaryArray.text(codes)],
  });
  return new Map(
    rows.map(row => [
      row.code,
      {
        code: row.code,
        siteId: row.site_id,
        placeId: row.place_id ?? undefined,
        seenMs: row.seen,
        documentId: row.document_id ?? undefined,
        version: row.version,
        contents: contents.filter(({ unit_code }) => unit_code === row.code).map(contentOf),
      },
    ]),
  );
}

interface ContentRow {
  readonly unit_code: string;
  readonly item_id: number;
  readonly code: string | null;
  readonly serialised: boolean;
  readonly quantity: number;
  readonly document_id: string | null;
  readonly line: number | null;
}

function contentOf({ item_id, code, serialised, quantity, document_id, line }: ContentRow): Content {
  return { itemId: item_id, code, serialised, quantity, documentId: document_id ?? undefined, line: line ?? undefined };
}

/** What open notices announce to be in units, with the site that they are announced to. */
export async function readAnnouncedUnits(
  db: Executor,
  codes: readonly string[],
): Promise<
  ReadonlyMap<string, { readonly documentId: string; readonly siteId: number; readonly contents: readonly Content[] }>
> {
  const { rows } = await db.query<ContentRow & { readonly document_id: string; readonly site_id: number }>({
    name: "follow-read-announced-units",
    text: `select content.code as unit_code, content.document_id, document.site_id, content.item_id, content.line, content.quantity,
        serial_code is not null as serialised,
        coalesce(serial_code, (select min(class_key) from item_code where item_id = content.item_id and units = 1)) as code
      from document_unit unit
      join document on document.id = unit.document_id
      join document_unit_content content on content.document_id = unit.document_id and content.code = unit.code
      where unit.open and unit.code = any($1::text[]) order by content.code, position`,
    values: [binaryArray.text(codes)],
  });
  const units = new Map<string, { documentId: string; siteId: number; contents: Content[] }>();
  for (const row of rows) {
    const known = units.get(row.unit_code) ?? { documentId: row.document_id, siteId: row.site_id, contents: [] };
    known.contents.push(contentOf(row));
    units.set(row.unit_code, known);
  }
  return units;
}

/** Where serialised things are, as the ledger knows at the moment. */
export async function readThingsAt(
  db: Executor,
  codes: readonly string[],
): Promise<ReadonlyMap<string, { readonly placeId: number; readonly seenMs: number }>> {
  const { rows } = await db.query<[string, number, number]>({
    name: "follow-read-things-at",
    text: "select code, place_id, (extract(epoch from seen) * 1000)::float8 from tag where code = any($1::text[])",
    values: [binaryArray.text(codes)],
    rowMode: "array",
  });
  return new Map(rows.map(([code, placeId, seenMs]) => [code, { placeId, seenMs }]));
}

/** Writes units that are locked, or new, as they are now. */
export async function writeUnits(client: Client, units: readonly Omit<Unit, "version" | "contents">[]): Promise<void> {
  if (units.length === 0) return;
  await client.query({
    name: "follow-write-units",
    text: `insert into unit (code, site_id, place_id, seen, document_id)
      select code, site_id, place_id, seen, document_id::uuid
      from unnest($1::text[], $2::integer[], $3::integer[], $4::timestamptz[], $5::text[])
        as now (code, site_id, place_id, seen, document_id) order by code
      on conflict (code) do update set site_id = excluded.site_id, place_id = excluded.place_id, seen = excluded.seen,
        document_id = excluded.document_id, version = unit.version + 1`,
    values: [
      binaryArray.text(units.map(({ code }) => code)),
      binaryArray.integer(units.map(({ siteId }) => siteId)),
      binaryArray.integer(units.map(({ placeId }) => placeId)),
      binaryArray.timestamptz(units.map(({ seenMs }) => seenMs)),
      binaryArray.text(units.map(({ documentId }) => documentId)),
    ],
  });
}

export interface UnitContent extends Content {
  readonly unitCode: string;
  readonly code: string;
}

/** Takes contents out of units, all that goes under a code. */
export async function deleteContents(
  client: Client,
  contents: readonly { readonly unitCode: string; readonly code: string }[],
): Promise<void> {
  if (contents.length === 0) return;
  await client.query({
    name: "follow-delete-contents",
    text: `delete from unit_content content using unnest($1::text[], $2::text[]) as gone (unit_code, code)
      where content.unit_code = gone.unit_code and content.code = gone.code`,
    values: [
      binaryArray.text(contents.map(({ unitCode }) => unitCode)),
      binaryArray.text(contents.map(({ code }) => code)),
    ],
  });
}

/** Takes out of a unit whatever is in it. */
export async function emptyUnit(client: Client, unitCode: string): Promise<void> {
  await client.query({
    name: "follow-empty-unit",
    text: "delete from unit_content where unit_code = $1",
    values: [unitCode],
  });
}

/** Puts contents into units: of a class, so many more; a thing, out of the unit that it was in. */
export async function putContents(client: Client, contents: readonly UnitContent[]): Promise<void> {
  if (contents.length === 0) return;
  const things = contents.filter(({ serialised }) => serialised).map(({ code }) => code);
  await client.query({
    name: "follow-take-things-out",
    text: "delete from unit_content where serialised and code = any($1::text[])",
    values: [binaryArray.text(things)],
  });
  await client.query({
    name: "follow-put-contents",
    text: `insert into unit_content (unit_code, item_id, code, serialised, quantity, document_id, line)
      select unit_code, item_id, code, bool_or(serialised = 1), sum(quantity), max(document_id)::uuid, max(line)
      from unnest($1::text[], $2::integer[], $3::text[], $4::integer[], $5::bigint[], $6::text[], $7::integer[])
        as put (unit_code, item_id, code, serialised, quantity, document_id, line)
      group by unit_code, item_id, code order by unit_code, code
      on conflict (unit_code, code) do update set quantity = unit_content.quantity + excluded.quantity`,
    values: [
      binaryArray.text(contents.map(({ unitCode }) => unitCode)),
      binaryArray.integer(contents.map(({ itemId }) => itemId)),
      binaryArray.text(contents.map(({ code }) => code)),
      binaryArray.integer(contents.map(({ serialised }) => (serialised ? 1 : 0))),
      binaryArray.bigint(contents.map(({ quantity }) => quantity)),
      binaryArray.text(contents.map(({ documentId }) => documentId)),
      binaryArray.integer(contents.map(({ line }) => line)),
    ],
  });
}

/** Keeps which movement of a unit moved its contents, and what notice's line they carry out. */
export async function insertContentMovements(
  client: Client,
  movements: readonly {
    readonly site: string;
    readonly epoch: string;
    readonly seq: number;
    readonly unit: UnitMovement;
    readonly documentId: string | undefined;
    readonly line: number | undefined;
  }[],
): Promise<void> {
  if (movements.length === 0) return;
  await client.query({
    name: "follow-insert-content-movements",
    text: `insert into unit_movement (epoch_id, seq, unit_code, unit_epoch_id, unit_seq, document_id, line)
      select epoch.id, moved.seq, unit_code, unit_epoch_id, unit_seq, document_id::uuid, line
      from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::integer[], $6::bigint[], $7::text[], $8::integer[])
        as moved (site, epoch, seq, unit_code, unit_epoch_id, unit_seq, document_id, line)
      join site on site.code = moved.site join epoch on epoch.site_id = site.id and epoch.code = moved.epoch`,
    values: [
      binaryArray.text(movements.map(({ site }) => site)),
      binaryArray.text(movements.map(({ epoch }) => epoch)),
      binaryArray.bigint(movements.map(({ seq }) => seq)),
      binaryArray.text(movements.map(({ unit }) => unit.code)),
      binaryArray.integer(movements.map(({ unit }) => unit.epochId)),
      binaryArray.bigint(movements.map(({ unit }) => unit.seq)),
      binaryArray.text(movements.map(({ documentId }) => documentId)),
      binaryArray.integer(movements.map(({ line }) => line)),
    ],
  });
}
