import type { EpcFields } from "./epc-partition.ts";
import type { PartitionScheme } from "./epc-scheme.ts";

/** The pure identity URI (`id`) or the tag URI (`tag`) of an EPC (TDS 2.x, clauses 6 and 12). */
export function formatUri(scheme: PartitionScheme, fields: EpcFields, form: "id" | "tag"): string {
  const parts = [fields.companyPrefix, fields.reference, ...(fields.pieces ?? [])];
  if (fields.serial !== undefined) parts.push(fields.serial);
  const body = parts.map(escapePart).join(".");
  return form === "id"
    ? `urn:epc:id:${scheme.urn}:${body}`
    : `urn:epc:tag:${scheme.name.toLowerCase()}:${fields.filter}.${body}`;
}

/** Characters that a URN must not hold (TDS 2.x, tables A-1 and G-1). */
function escapePart(text: string): string {
  return text.replace(/["%&/<>?#]/g, mark => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
