import { hash } from "node:crypto";

/** Who caused a movement of the centre's own, and why. */
export interface Note {
  /** As `callerOf` names them: `person:maria`, `client:web-shop`. */
  readonly actor: string;
  readonly reason?: string | undefined;
  /** The address of the document that it belongs to, as `/v1/orders/…`. */
  readonly document?: string | undefined;
}

/** A note as the database and the API have it. */
export interface StoredNote {
  readonly actor: string;
  readonly reason: string | null;
  readonly document: string | null;
}

/** What a movement's hash covers of its note, so that neither can be changed without the other. */
export function hashNote({ actor, reason, document }: Note | StoredNote): string {
  return hash("sha256", JSON.stringify([actor, reason ?? null, document ?? null]), "hex");
}
