import { eventTypes } from "@tallygate/protocol";

export type Judged = { readonly fits: true; readonly data: string } | { readonly fits: false; readonly why: string };

/** The data of an event in the form of the contract, as JSON and without fields that it does not have; or why they have no such form. Pure. */
export function judge({ type, data }: { readonly type: string; readonly data: unknown }): Judged {
  const read = eventTypes[type]?.data.safeParse(data);
  if (read === undefined) return { fits: false, why: `There is no event type ${type}.` };
  if (read.success) return { fits: true, data: JSON.stringify(read.data) };
  const [issue] = read.error.issues;
  return { fits: false, why: `data.${issue?.path.map(String).join(".")}: ${issue?.message}` };
}
