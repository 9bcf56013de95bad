import { hasDigitalLinkKey, isWebUri, parseDigitalLink } from "../codes/digital-link.ts";
import type { Element } from "../codes/element.ts";
import { parseEpcUri } from "../codes/epc-uri.ts";
import { identityOf } from "../codes/identity.ts";
import { ok, type Result, refuse } from "../result.ts";

/** What an identifier must stand for where it stands: one thing, a class of things, a location, or whatever it likes. */
export type Role = "thing" | "class" | "place" | "any";

/**
 * Checks the GS1 key inside a URI, and that it stands for what its place in the event wants (CBV 2.0, clause 8). A URI
 * without a GS1 key is somebody's own and passes. Refuses `epcis.identifier`, and what a key is refused for (`code.…`).
 */
export function checkIdentifier(uri: string, role: Role): Result<string> {
  const read = readIdentifier(uri);
  if (!read.ok) return read;
  return read.value === "own" || fits(read.value, role)
    ? ok(uri)
    : refuse("epcis.identifier", `${uri} stands for a ${read.value}, and here it must be a ${role}.`);
}

type Stands = "thing" | "class" | "place" | "party" | "own";

function fits(stands: Stands, role: Role): boolean {
  // A location can itself be what an event is about, such as a shelf that is fixed to a rack.
  return role === "any" || stands === role || (role === "thing" && stands === "place");
}

function readIdentifier(uri: string): Result<Stands> {
  if (isWebUri(uri)) return readWebUri(uri);
  if (uri.startsWith("urn:epc:")) return readEpcUrn(uri);
  return ok("own");
}

/**
 * On GS1's own host a path must be a Digital Link. On any other it may be somebody's own that only looks like one, such as
 * `/place/414/7`; a value that has the right form and a wrong check digit is no accident.
 */
function readWebUri(uri: string): Result<Stands> {
  const official = /^https?:\/\/id\.gs1\.org(?:[:/?#]|$)/i.test(uri);
  if (!official && !hasDigitalLinkKey(uri)) return ok("own");
  const read = parseDigitalLink(uri);
  if (read.ok) return ok(standsFor(read.value));
  return official || read.problem.code === "code.check_digit" ? read : ok("own");
}

/** EPC schemes of TDS 2.x that hold no number on a tag, with the form of what follows their name. */
const urnOnlySchemes: Readonly<Record<string, { readonly body: RegExp; readonly stands: Stands }>> = {
  pgln: { body: /^(?=[0-9.]{13}$)[0-9]{6,12}\.[0-9]{0,6}$/, stands: "party" },
  gsin: { body: /^(?=[0-9.]{17}$)[0-9]{6,12}\.[0-9]{4,10}$/, stands: "thing" },
  ginc: { body: /^[0-9]{6,12}\.[^.].*$/, stands: "thing" },
  upui: { body: /^(?=[0-9]+\.[0-9]+\.)(?=.{14}\.)[0-9]{6,12}\.[0-9]{1,7}\..+$/, stands: "thing" },
  bic: { body: /^[A-Z]{3}[JUZ][0-9]{7}$/, stands: "thing" },
  imovn: { body: /^[0-9]{7}$/, stands: "place" },
};

function readEpcUrn(uri: string): Result<Stands> {
  if (/^urn:epc:(?:tag|raw):/.test(uri)) {
    return refuse("epcis.identifier", `${uri} tells of a tag: an event names the thing, as urn:epc:id:….`);
  }
  const [, form = "", name = "", body = ""] = /^urn:epc:([a-z]+):([a-z0-9-]+):(.*)$/.exec(uri) ?? [];
  const pattern = form === "idpat";
  const urnOnly = Object.hasOwn(urnOnlySchemes, name) ? urnOnlySchemes[name] : undefined;
  if (urnOnly && (form === "id" || pattern || form === "class")) {
    if (!urnOnly.body.test(body)) return refuse("code.epc_uri", `${uri} does not have the parts of its scheme.`);
    return ok(form === "id" ? urnOnly.stands : "class");
  }
  // A pattern for all serials has the form of an EPC whose serial is a star.
  const read = parseEpcUri(pattern && body.endsWith(".*") ? `urn:epc:id:${name}:${body.slice(0, -1)}1` : uri);
  if (!read.ok) return read;
  return ok(pattern ? "class" : standsFor(read.value.elements));
}

function standsFor(elements: readonly Element[]): Stands {
  const { kind } = identityOf(elements, "");
  if (kind === "class" || kind === "place") return kind;
  return elements.some(({ ai }) => ai === "417") ? "party" : "thing";
}
