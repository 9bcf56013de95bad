import type { FaultKind } from "./fault.ts";
import { thing } from "./testing.ts";

/** SQL for the inner number of the first, second, … epoch, of an item, and of a place of Lyon. */
const e = (index: number) => `(select id from epoch order by id offset ${index} limit 1)`;
const item = (sku: string) => `(select id from item where sku = '${sku}')`;
const place = (code: string) => `(select id from place where code = '${code}' and site_id = 1)`;
export const row = (index: number, seq: number) => `where epoch_id = ${e(index)} and seq = ${seq}`;
const columns = `site_id, quantity, event_time, record_time, item_id, posted_from, posted_to, previous_epoch_id, previous_seq,
  reverses_epoch, reverses_seq, code, epc_hex, from_account, to_account, biz_step, read_point, cause, hash`;
/** The same columns with a record time of the next month. */
const later = columns.replace("record_time", "record_time + interval '1 month'");
const nextMonth = "select movement_partition(now() + interval '1 month')";
/** Exchanges two rows: `what` of one goes to the other. */
const swap = (a: number, b: number) =>
  `update movement set seq = -7 ${row(0, a)}; update movement set seq = ${a} ${row(0, b)};
   update movement set seq = ${b} where epoch_id = ${e(0)} and seq = -7`;
const shift = (from: number, by: number) =>
  `update movement set seq = -seq - 1000 where epoch_id = ${e(0)} and seq >= ${from};
   update movement set seq = -seq - 1000 + ${by} where epoch_id = ${e(0)} and seq < -1000;
   update epoch set cursor_seq = cursor_seq + ${by} where id = ${e(0)}`;

/** Takes the last row of an epoch out and sets its cursor back. */
const truncate = (index: number, to: number) =>
  `delete from movement ${row(index, to + 1)};
   update epoch set cursor_seq = ${to}, cursor_hash = (select hash from movement ${row(index, to)}) where id = ${e(index)}`;
/** What the last movement of Oslo had put into the balances. */
const takeBack = `update stock set on_hand = on_hand + case when (select outside from place where id = place_id) then 1 else -1 end
  where item_id = ${item("OAT")} and place_id in (select id from place where site_id = 2 and code in ('dock', 'supplier'))`;

/** What is done straight in the database with the triggers off, and the fault that must be found: its kind, the index of its epoch, its sequence. */
export const tamperings: readonly [
  what: string,
  sql: string,
  kind: FaultKind,
  epoch: number | null,
  seq: number | null,
][] = [
  ["a changed quantity", `update movement set quantity = 11 ${row(0, 1)}`, "altered", 0, 1],
  ["a changed code", `update movement set code = '${thing(9)}' ${row(0, 2)}`, "altered", 0, 2],
  [
    "a changed event time",
    `update movement set event_time = event_time + interval '1 ms' ${row(0, 4)}`,
    "altered",
    0,
    4,
  ],
  [
    "an event time changed by a microsecond",
    `update movement set event_time = event_time + interval '1 us' ${row(0, 4)}`,
    "altered",
    0,
    4,
  ],
  ["a changed account", `update movement set to_account = 'shelf' ${row(1, 1)}`, "altered", 1, 1],
  ["a changed EPC", `update movement set epc_hex = null ${row(0, 3)}`, "altered", 0, 3],
  ["a changed reversal", `update movement set reverses_seq = 2 ${row(1, 3)}`, "altered", 1, 3],
  ["a changed cause", `update movement set cause = 'person' ${row(0, 8)}`, "altered", 0, 8],
  ["a changed site", `update movement set site_id = 2 ${row(0, 6)}`, "altered", 0, 6],
  ["a changed hash", `update movement set hash = sha256('x') ${row(0, 5)}`, "altered", 0, 5],
  ["a removed row", `delete from movement ${row(0, 5)}`, "missing", 0, 5],
  ["a removed first row", `delete from movement ${row(0, 1)}`, "missing", 0, 1],
  ["a removed row, the rest pulled up", `delete from movement ${row(0, 5)}; ${shift(6, -1)}`, "missing", 0, 5],
  ["a removed last row", `delete from movement ${row(0, 10)}`, "missing", 0, 10],
  ["all rows of an epoch removed", `delete from movement where epoch_id = ${e(3)}`, "missing", 3, 1],
  [
    "an epoch whose row is removed",
    `alter table epoch disable trigger all; delete from epoch where id = ${e(3)}`,
    "missing",
    null,
    null,
  ],
  ["two rows swapped", swap(3, 8), "swapped", 0, 3],
  ["two neighbours swapped", swap(4, 5), "swapped", 0, 4],
  ["the last two rows swapped", swap(9, 10), "swapped", 0, 9],
  [
    "a row put behind the last",
    `insert into movement (epoch_id, seq, ${columns}) select epoch_id, 11, ${columns} from movement ${row(0, 10)}`,
    "inserted",
    0,
    11,
  ],
  [
    "a row put before the first",
    `insert into movement (epoch_id, seq, ${columns}) select epoch_id, 0, ${columns} from movement ${row(0, 1)}`,
    "inserted",
    0,
    0,
  ],
  [
    "a row put in between, the rest pushed on",
    `${shift(5, 1)}; insert into movement (epoch_id, seq, ${columns}) select epoch_id, 5, ${columns} from movement ${row(0, 1)}`,
    "inserted",
    0,
    5,
  ],
  [
    "rows of an epoch that is not there",
    `insert into movement (epoch_id, seq, ${columns}) select 77, 1, ${columns} from movement ${row(0, 1)}`,
    "missing",
    null,
    null,
  ],
  [
    "a row moved to another month",
    `${nextMonth}; update movement set record_time = record_time + interval '1 month' ${row(0, 4)}`,
    "altered",
    0,
    4,
  ],
  [
    "a row put into another month once more",
    `${nextMonth}; insert into movement (epoch_id, seq, ${columns}) select epoch_id, seq, ${later} from movement ${row(0, 5)}`,
    "inserted",
    0,
    5,
  ],
  [
    "the last row put into another month once more",
    `${nextMonth}; insert into movement (epoch_id, seq, ${columns}) select epoch_id, seq, ${later} from movement ${row(0, 10)}`,
    "inserted",
    0,
    10,
  ],
  ["an epoch's month removed", `delete from epoch_month where epoch_id = ${e(0)}`, "missing", 0, 1],
  ["an epoch's month begun later", `update epoch_month set first_seq = 2 where epoch_id = ${e(0)}`, "missing", 0, 1],
  [
    "an epoch's month changed",
    `update epoch_month set since = since + interval '1 month', until = until + interval '1 month' where epoch_id = ${e(0)}`,
    "altered",
    0,
    1,
  ],
  [
    "an epoch's month made longer",
    `update epoch_month set until = 'infinity' where epoch_id = ${e(0)}`,
    "altered",
    0,
    1,
  ],
  [
    "a month put between an epoch's movements",
    `insert into epoch_month select epoch_id, 5, until, until + interval '1 month' from epoch_month where epoch_id = ${e(0)}`,
    "altered",
    0,
    5,
  ],
  [
    "a month of an epoch put in once more",
    `insert into epoch_month select epoch_id, 5, since, until from epoch_month where epoch_id = ${e(0)}`,
    "inserted",
    0,
    5,
  ],
  [
    "a month put behind an epoch",
    `insert into epoch_month select epoch_id, 11, until, until + interval '1 month' from epoch_month where epoch_id = ${e(0)}`,
    "inserted",
    0,
    11,
  ],
  [
    "a month of an epoch that is not there",
    `insert into epoch_month select 77, 1, since, until from epoch_month where epoch_id = ${e(0)}`,
    "missing",
    null,
    null,
  ],
  ["a cursor set back", `update epoch set cursor_seq = 2 where id = ${e(3)}`, "inserted", 3, 3],
  ["a cursor set on", `update epoch set cursor_seq = 4 where id = ${e(3)}`, "missing", 3, 4],
  ["a changed hash at the cursor", `update epoch set cursor_hash = sha256('x') where id = ${e(3)}`, "cursor", 3, 3],
  ["a changed beginning of an epoch", `update epoch set start_hash = sha256('x') where id = ${e(1)}`, "altered", 1, 0],
  [
    "a changed beginning of the first epoch",
    `update epoch set start_hash = sha256('x') where id = ${e(0)}`,
    "altered",
    0,
    0,
  ],
  ["an epoch that follows another point", `update epoch set follows_seq = 3 where id = ${e(1)}`, "altered", 1, 0],
  [
    "an epoch that follows nothing any more",
    `update epoch set follows_seq = null, follows_epoch_id = null where id = ${e(1)}`,
    "altered",
    1,
    0,
  ],
  [
    "an epoch truncated together with its cursor, while its further postings are there",
    truncate(0, 9),
    "inserted",
    0,
    10,
  ],
  [
    "an epoch truncated together with its cursor, while another follows it",
    `${truncate(0, 9)}; delete from further_posting ${row(0, 10)}`,
    "missing",
    0,
    10,
  ],
  ["an epoch truncated together with its cursor", truncate(3, 2), "balance", null, null],
  ["an epoch truncated together with its cursor and the balances", `${truncate(3, 2)}; ${takeBack}`, "missing", 3, 3],
  ["an item posted as another", `update movement set item_id = ${item("LATER")} ${row(0, 1)}`, "altered", 0, 1],
  ["a posting from elsewhere", `update movement set posted_from = ${place("found")} ${row(0, 1)}`, "altered", 0, 1],
  ["a posting to elsewhere", `update movement set posted_to = ${place("shelf")} ${row(0, 2)}`, "altered", 0, 2],
  [
    "a posting taken away",
    `update movement set item_id = null, posted_from = null, posted_to = null ${row(0, 1)}`,
    "missing",
    0,
    1,
  ],
  [
    "a posting added",
    `update movement set item_id = ${item("OAT")}, posted_from = ${place("dock")}, posted_to = ${place("shelf")} ${row(0, 5)}`,
    "altered",
    0,
    5,
  ],
  ["the movement before another one", `update movement set previous_seq = 3 ${row(0, 4)}`, "altered", 0, 4],
  ["a further posting removed that was bound later", `delete from further_posting ${row(0, 7)}`, "missing", 0, 7],
  ["a further posting removed that came late", `delete from further_posting ${row(0, 10)}`, "missing", 0, 10],
  [
    "the first of two further postings removed",
    `delete from further_posting ${row(0, 9)} and line = 1`,
    "missing",
    0,
    9,
  ],
  [
    "the second of two further postings removed",
    `delete from further_posting ${row(0, 9)} and line = 2`,
    "balance",
    null,
    null,
  ],
  [
    "a further posting of another item",
    `update further_posting set item_id = ${item("OAT")} ${row(0, 7)}`,
    "altered",
    0,
    7,
  ],
  ["a further posting of more", `update further_posting set quantity = 4 ${row(0, 7)}`, "altered", 0, 7],
  [
    "a further posting at another time",
    `update further_posting set event_time = event_time + interval '1 s' ${row(0, 7)}`,
    "altered",
    0,
    7,
  ],
  [
    "a further posting to elsewhere",
    `update further_posting set posted_to = ${place("shelf")} ${row(0, 7)}`,
    "altered",
    0,
    7,
  ],
  [
    "a further posting from elsewhere",
    `update further_posting set posted_from = ${place("found")} ${row(0, 7)}`,
    "balance",
    null,
    null,
  ],
  [
    "a further posting of no movement",
    `insert into further_posting select epoch_id, 99, line, site_id, code, item_id, posted_from, posted_to,
    quantity, event_time, record_time, why from further_posting ${row(0, 7)}`,
    "inserted",
    0,
    99,
  ],
  [
    "a second posting of one movement",
    `insert into further_posting select epoch_id, 1, line, site_id, code, item_id, posted_from, posted_to,
    quantity, event_time, record_time, why from further_posting ${row(0, 7)}`,
    "inserted",
    0,
    1,
  ],
  ["what is held let go", `delete from held_movement`, "missing", 0, 8],
  [
    "a changed balance",
    `update stock set on_hand = on_hand + 1 where item_id = ${item("OAT")} and place_id = ${place("dock")}`,
    "balance",
    null,
    null,
  ],
  [
    "a removed balance",
    `delete from stock where item_id = ${item("OAT")} and place_id = ${place("dock")}`,
    "balance",
    null,
    null,
  ],
  [
    "an invented balance",
    `insert into stock (item_id, place_id, site_id, on_hand) values (99, ${place("dock")}, 1, 5)`,
    "balance",
    null,
    null,
  ],
  [
    "a balance moved between places, the sum being right",
    `update stock set on_hand = on_hand + case place_id when ${place("dock")} then 1 else -1 end
    where item_id = ${item("OAT")} and place_id in (${place("dock")}, ${place("supplier")})`,
    "balance",
    null,
    null,
  ],
  ["a tag at another place", `update tag set place_id = ${place("bench")} where code = '${thing(3)}'`, "tag", 3, 3],
  ["a tag since another time", `update tag set since = since - interval '1 s' where code = '${thing(3)}'`, "tag", 3, 3],
  ["a tag of another item", `update tag set item_id = ${item("LATER")} where code = '${thing(3)}'`, "tag", 3, 3],
  [
    "a tag put back to an older movement",
    `update tag set place_id = ${place("shelf")}, site_id = 1, epoch_id = ${e(0)}, seq = 4,
    since = (select event_time from movement ${row(0, 4)}), seen = (select event_time from movement ${row(0, 4)}) where code = '${thing(1)}'`,
    "tag",
    0,
    5,
  ],
  ["a removed tag", `delete from tag where code = '${thing(3)}'`, "tag", 3, 3],
  [
    "an invented tag",
    `insert into tag select '${thing(8)}', item_id, site_id, place_id, since, seen, epoch_id, seq from tag where code = '${thing(3)}'`,
    "tag",
    3,
    3,
  ],
  [
    "a truncated epoch with all that followed from it, but for the seal",
    `${truncate(3, 2)}; ${takeBack}; delete from tag where code = '${thing(3)}'`,
    "seal",
    3,
    3,
  ],
  ["a changed seal", `update seal set epochs = jsonb_set(epochs, '{0,seq}', '9')`, "seal", null, null],
  ["an exchanged signature", `update seal set signature = 'AAAA'`, "seal", null, null],
];
