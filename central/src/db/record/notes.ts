import type { Note } from "../../record/note.ts";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** Keeps who caused movements and why. */
export async function insertNotes(
  client: Client,
  notes: readonly { readonly epochId: number; readonly seq: number; readonly note: Note }[],
): Promise<void> {
  await client.query({
    name: "record-insert-notes",
    text: `insert into movement_note (epoch_id, seq, actor, reason, document)
      select * from unnest($1::integer[], $2::bigint[], $3::text[], $4::text[], $5::text[])`,
    values: [
      binaryArray.integer(notes.map(({ epochId }) => epochId)),
      binaryArray.bigint(notes.map(({ seq }) => seq)),
      binaryArray.text(notes.map(({ note }) => note.actor)),
      binaryArray.text(notes.map(({ note }) => note.reason)),
      binaryArray.text(notes.map(({ note }) => note.document)),
    ],
  });
}
