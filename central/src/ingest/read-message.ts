import {
  type Batch,
  centralEpoch,
  hashBatch,
  limits,
  type Problem,
  parseBatch,
  siteOfSubject,
} from "@tallygate/protocol";
import { type Thing, thingOf } from "../stock/thing.ts";

/** A message of the movements subject, read and hashed: all that can be done before the ledger is asked. */
export type ReadMessage = ReadBatch | RefusedMessage;

export interface ReadBatch {
  readonly kind: "batch";
  readonly batch: Batch;
  /** Each movement's hash, computed from what came. */
  readonly hashes: readonly string[];
  readonly things: readonly Thing[];
  readonly data: Uint8Array;
}

/** What is no batch of the site that its subject names. */
export interface RefusedMessage {
  readonly kind: "refused";
  /** The site of the subject, as it was written. */
  readonly site: string;
  readonly problem: Problem;
  readonly data: Uint8Array;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads one message. It never throws: what cannot be read becomes a refusal that keeps the bytes. */
export function readMessage(subject: string, data: Uint8Array): ReadMessage {
  const site = siteOfSubject(subject);
  const refused = (problem: Problem): RefusedMessage => ({ kind: "refused", site, problem, data });
  if (data.length > limits.messageBytesMax) {
    const detail = `${data.length} bytes; a message has ${limits.messageBytesMax} at most`;
    return refused({ code: "batch.unreadable", detail });
  }
  let text: string;
  try {
    text = utf8.decode(data);
  } catch {
    return refused({ code: "batch.unreadable", detail: "the bytes are not UTF-8" });
  }
  if (hasUnstorableText(text)) {
    return refused({ code: "batch.unreadable", detail: "a text holds U+0000 or half of a surrogate pair" });
  }
  const parsed = parseBatch(text);
  if (!parsed.ok) return refused(parsed.problem);
  const batch = parsed.value;
  if (batch.site !== site) {
    return refused({ code: "batch.subject", detail: `a batch of ${batch.site} came on the subject of ${site}` });
  }
  if (batch.epoch === centralEpoch || batch.follows?.epoch === centralEpoch) {
    return refused({
      code: "batch.epoch",
      detail: `only the centre writes the epoch ${centralEpoch}; open the store again`,
    });
  }
  const things = batch.movements.map(movement => thingOf(movement.code));
  return { kind: "batch", batch, hashes: hashBatch(batch), things, data };
}

/** PostgreSQL's texts hold neither; JSON can write both as an escape only, since the bytes are UTF-8. */
function hasUnstorableText(text: string): boolean {
  if (!text.includes("\\u")) return false;
  return [...text.matchAll(/\\(u[0-9a-fA-F]{4}(?:\\u[0-9a-fA-F]{4})*|.)/g)].some(([, escaped = ""]) => {
    if (!escaped.startsWith("u")) return false;
    const units = escaped.split("\\").map(unit => Number.parseInt(unit.slice(1), 16));
    return units.includes(0) || !String.fromCharCode(...units).isWellFormed();
  });
}

/** What stays of bytes in an exception: all that could be a message, so that it can be applied once it is understood. */
export function cutBody(data: Uint8Array): { readonly body: Uint8Array; readonly bodyBytes: number } {
  const body = data.length <= limits.messageBytesMax ? data : data.subarray(0, limits.exceptionBytesMax);
  return { body, bodyBytes: data.length };
}
