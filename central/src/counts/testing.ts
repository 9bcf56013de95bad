import { ok } from "@tallygate/protocol";
import { exampleCountIds } from "../api/count-schemas.ts";
import type { Authenticator } from "../auth/principal.ts";
import type { Pool } from "../db/pool.ts";
import type { CountState } from "./machine.ts";

/** Takes whoever the header `x-person` names for an admin of that name: for tests in which more than one person counts. */
export const anyPerson: Authenticator = {
  authenticate: async request => {
    const id = request.headers.get("x-person") ?? "maria";
    return ok({ kind: "person", id, grants: [{ role: "admin", sites: "all" }] });
  },
};

/** The state that each example of the API's document needs. */
const exampleStates: Readonly<Record<keyof typeof exampleCountIds, CountState>> = {
  read: "planned",
  start: "planned",
  enter: "planned",
  submit: "counting",
  approve: "submitted",
  reject: "submitted",
  recount: "counting",
  cancel: "planned",
};

type Post = (path: string, body: unknown) => Promise<{ readonly body: { readonly id: string } }>;
export type ExampleCount = keyof typeof exampleCountIds;

/**
 * Puts counts under the ids that the examples have, each in the state that its example needs. Those that are posted are of a place where
 * nothing is, `empty`; the others of one that the examples name, `named`.
 */
export async function seedExampleCounts(
  pool: Pool,
  post: Post,
  { empty, named }: { readonly empty: string; readonly named: string },
): Promise<void> {
  for (const [example, id] of Object.entries(exampleCountIds)) {
    const isPosted = example === "submit" || example === "approve";
    await addExampleCount(pool, post, { example: example as ExampleCount, place: isPosted ? empty : named, id });
  }
}

/** A count in the state that an example needs; gives its id. */
export async function addExampleCount(
  pool: Pool,
  post: Post,
  { example, place, id }: { readonly example: ExampleCount; readonly place: string; readonly id: string },
): Promise<string> {
  const state = exampleStates[example];
  const { body } = await post("/v1/counts", { site: "lyon", places: [place] });
  const counted = state === "counting" || state === "submitted";
  await pool.query("update stock_count set id = $1, state = $3, submitted_by = 'person:paul' where id = $2", [
    id,
    body.id,
    state,
  ]);
  await pool.query(
    "update stock_count_place set count_id = $1, counted_at = case when $3 then now() end where count_id = $2",
    [id, body.id, counted],
  );
  return id;
}
