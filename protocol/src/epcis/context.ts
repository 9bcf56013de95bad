import { contextPrefixes } from "./vocabulary.ts";

/** The prefixes that are declared where an event stands. `open`: an address is named whose content is not known here. */
export interface Prefixes {
  readonly names: ReadonlySet<string>;
  readonly open: boolean;
}

const known =
  /^https:\/\/(?:ref\.gs1\.org\/standards\/epcis|gs1\.github\.io\/EPCIS)\/(?:[0-9.]+\/)?epcis-context\.jsonld$/;

/** The prefixes of a `@context` (JSON-LD 1.1, 4.1), after those of `outer`. */
export function readPrefixes(context: unknown, outer?: Prefixes): Prefixes {
  const names = new Set<string>(outer?.names ?? contextPrefixes);
  let open = outer?.open ?? false;
  for (const part of Array.isArray(context) ? context : [context]) {
    if (typeof part === "string") open ||= !known.test(part);
    else if (typeof part === "object" && part !== null) for (const name of Object.keys(part)) names.add(name);
  }
  return { names, open };
}

/** The fields of `value` that are neither of the standard's nor under a declared prefix (EPCIS 2.0, 10.1). */
export function undeclaredFields(value: object, standard: ReadonlySet<string>, prefixes: Prefixes): readonly string[] {
  return Object.keys(value).filter(field => !standard.has(field) && !isDeclared(field, prefixes));
}

/** A full address needs no prefix. */
function isDeclared(field: string, { names, open }: Prefixes): boolean {
  const colon = field.indexOf(":");
  if (colon <= 0) return false;
  return open || names.has(field.slice(0, colon)) || field.startsWith("urn:") || field.startsWith("//", colon + 1);
}
