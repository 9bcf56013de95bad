import type { ProblemCode } from "@tallygate/protocol";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";
import { type ToldException, told } from "./open.ts";

/** Closes what needs no person any more, also what was ignored; gives what was live. */
export async function updateClosed(
  client: Client,
  problems: readonly ProblemCode[],
  keys: readonly string[],
): Promise<readonly ToldException[]> {
  const { rows } = await client.query<ToldException>({
    name: "exceptions-close",
    text: `update exception set state = 'resolved', resolution = 'by_itself', resolved_by = null, resolved_at = now(), note = null
      where state <> 'resolved' and problem = any($1::text[]) and key = any($2::text[]) returning ${told}`,
    values: [binaryArray.text(problems), binaryArray.text(keys)],
  });
  return rows;
}

/** What a person decided about an exception. */
export interface Resolution {
  readonly id: number;
  readonly state: "ignored" | "resolved";
}

/** Writes down what a person decided about exceptions whose rows are locked. */
export async function resolveExceptions(
  client: Client,
  resolutions: readonly Resolution[],
  { resolution, actor, note }: { readonly resolution: string; readonly actor: string; readonly note: string | null },
): Promise<readonly ToldException[]> {
  const { rows } = await client.query<ToldException>({
    name: "exceptions-resolve",
    text: `update exception set state = decided.becomes, resolution = $3, resolved_by = $4, resolved_at = now(), note = $5
      from unnest($1::bigint[], $2::text[]) as decided (exception_id, becomes) where id = decided.exception_id
      returning ${told}`,
    values: [
      binaryArray.bigint(resolutions.map(({ id }) => id)),
      binaryArray.text(resolutions.map(({ state }) => state)),
      resolution,
      actor,
      note,
    ],
  });
  return rows;
}
