import { ok, type Problem, type Result } from "@tallygate/protocol";
import type { DocumentItem } from "../db/documents/items.ts";
import type { DocumentKind } from "./kinds.ts";

/** The item of each line, or every line whose item cannot be in such a document, by its field. Pure. */
export function itemsOfLines(
  kind: DocumentKind,
  lines: readonly { readonly sku: string }[],
  items: ReadonlyMap<string, DocumentItem>,
): Result<readonly DocumentItem[]> {
  const found: DocumentItem[] = [];
  const faults: { readonly code: Problem["code"]; readonly at: string; readonly detail: string }[] = [];
  for (const [index, { sku }] of lines.entries()) {
    const item = items.get(sku);
    const fault = faultOf(kind, sku, item);
    if (fault !== undefined) faults.push({ ...fault, at: `lines[${index}].sku` });
    else if (item !== undefined) found.push(item);
  }
  const [first] = faults;
  if (first === undefined) return ok(found);
  const { code, at } = first;
  const detail = faults.map(each => each.detail).join(" ");
  return { ok: false, problem: { code, detail, at, faults: faults.map(({ at, detail }) => ({ at, detail })) } };
}

/** What leaves for a customer must be on sale. What comes in, or back, or stays ours, need not be. */
function faultOf(kind: DocumentKind, sku: string, item: DocumentItem | undefined) {
  if (item === undefined) return { code: "item.unknown", detail: `No item has the SKU ${sku}.` } as const;
  if (item.isFamily) {
    return {
      code: "document.item",
      detail: `${sku} is a family of items and no stock; name one of its variants.`,
    } as const;
  }
  if (kind !== "order" || item.status === "active") return undefined;
  const why =
    item.status === "draft" ? "is a draft; make it active first" : "is discontinued and cannot be ordered any more";
  return { code: "document.item", detail: `The item ${sku} ${why}.` } as const;
}
