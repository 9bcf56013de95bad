import { eventTypes } from "@tallygate/protocol";

/** The data as JSON; of those that do not fit, all as they were given, and why. */
export type Judged =
  | { readonly fits: true; readonly data: string }
  | { readonly fits: false; readonly data: string; readonly why: string };

/** The data of an event in the form of the contract, without fields that it does not have; or why they have no such form. Pure. */
export function judge({ type, data }: { readonly type: string; readonly data: unknown }): Judged {
  const read = eventTypes[type]?.data.safeParse(data);
  if (read?.success) return { fits: true, data: JSON.stringify(read.data) };
  const given = JSON.stringify(data);
  if (read === undefined) return { fits: false, data: given, why: `There is no event type ${type}.` };
  const [issue] = read.error.issues;
  return { fits: false, data: given, why: `data.${issue?.path.map(String).join(".")}: ${issue?.message}` };
}
