import { ok, type Result, refuse } from "../result.ts";
import type { Element } from "./element.ts";
import { checkElements } from "./element-string.ts";
import { gtinShape, joinKey } from "./epc-key.ts";
import { type EpcFields, elementsOfFields, encodeFields, fieldsOfElements } from "./epc-partition.ts";
import { encodePlain, type PlainContent, type PlainScheme, plainSchemes } from "./epc-plain.ts";
import { type PartitionScheme, partitionSchemes } from "./epc-scheme.ts";

/** What an EPC URI says. `elements` is empty for schemes that hold no GS1 key. */
export interface EpcUri {
  readonly elements: readonly Element[];
  readonly companyPrefix?: string;
}

/** The pure identity URI (`id`) or the tag URI (`tag`) of an EPC (TDS 2.x, clauses 6 and 12). */
export function formatUri(scheme: PartitionScheme, fields: EpcFields, form: "id" | "tag"): string {
  const parts = [fields.companyPrefix, fields.reference, ...(fields.pieces ?? [])];
  if (fields.serial !== undefined) parts.push(fields.serial);
  const body = parts.map(escapePart).join(".");
  return form === "id"
    ? `urn:epc:id:${scheme.urn}:${body}`
    : `urn:epc:tag:${scheme.name.toLowerCase()}:${fields.filter}.${body}`;
}

/** {@link formatUri} for a scheme without a GS1 key. */
export function formatPlainUri(scheme: PlainScheme, { filter, parts }: PlainContent, form: "id" | "tag"): string {
  if (form === "id") return `urn:epc:id:${scheme.urn}:${parts.join(".")}`;
  const body = filter === undefined ? parts : [String(filter), ...parts];
  return `urn:epc:tag:${scheme.name.toLowerCase()}:${body.join(".")}`;
}

/**
 * The pure identity URI of GS1 elements, given how many digits of the key are the GS1 Company Prefix. Refuses
 * `code.companions` where no scheme has these keys, and what the scheme cannot hold.
 */
export function formatPureIdentity(elements: readonly Element[], companyPrefixLength: number): Result<string> {
  const checked = checkElements(elements);
  if (!checked.ok) return checked;
  const schemes = partitionSchemes.filter(({ key }) => elements.some(({ ai }) => ai === key.ai));
  let last: Result<string> = refuse("code.companions", "No EPC scheme has a key of these elements.");
  for (const scheme of schemes) {
    const fields = fieldsOfElements(scheme, elements, companyPrefixLength, 0);
    const written = fields.ok ? encodeFields(scheme, fields.value) : fields;
    if (fields.ok && written.ok) return ok(formatUri(scheme, fields.value, "id"));
    last = written;
  }
  return last;
}

/**
 * Reads any EPC URI to its GS1 elements: pure identity (`urn:epc:id:`), tag (`urn:epc:tag:`), lot (`urn:epc:class:lgtin:`)
 * and trade item as a pattern (`urn:epc:idpat:sgtin:….*`). Refuses `code.epc_uri` and `code.epc_range`.
 */
export function parseEpcUri(uri: string): Result<EpcUri> {
  const [, form = "", name = "", body = ""] = /^urn:epc:(id|tag|class|idpat):([a-z0-9-]+):(.+)$/.exec(uri) ?? [];
  if (form === "tag") return parseTag(name, body);
  if (form === "class" || form === "idpat") return parseClass(form, name, body);
  const plain = plainSchemes.find(({ urn }) => urn === name);
  if (plain) {
    const written = encodePlain(plain, { parts: body.split(".") });
    return written.ok ? ok({ elements: [] }) : written;
  }
  let last: Result<EpcUri> = refuse("code.epc_uri", `${JSON.stringify(uri)} is no EPC URI known here.`);
  for (const scheme of partitionSchemes) {
    if (form !== "id" || scheme.urn !== name) continue;
    last = ofFields(scheme, readFields(scheme, 0, body));
    if (last.ok) return last;
  }
  return last;
}

/** The bits that a tag URI stands for, as zeros and ones. Refuses `code.epc_uri`, `code.epc_partition` and `_range`. */
export function bitsOfTagUri(uri: string): Result<string> {
  const [, name = "", body = ""] = /^urn:epc:tag:([a-z0-9-]+):(.+)$/.exec(uri) ?? [];
  const plain = plainSchemes.find(scheme => scheme.name.toLowerCase() === name);
  if (plain) return bitsOfPlain(plain, body);
  const scheme = partitionSchemes.find(candidate => candidate.name.toLowerCase() === name);
  const [, filter = "", rest = ""] = /^([0-7])\.(.+)$/.exec(body) ?? [];
  if (scheme === undefined || filter === "") {
    return refuse("code.epc_uri", `${JSON.stringify(uri)} is no tag URI known here.`);
  }
  const fields = readFields(scheme, Number(filter), rest);
  return fields === undefined ? broken(body) : encodeFields(scheme, fields);
}

function parseTag(name: string, body: string): Result<EpcUri> {
  const written = bitsOfTagUri(`urn:epc:tag:${name}:${body}`);
  if (!written.ok) return written;
  const scheme = partitionSchemes.find(candidate => candidate.name.toLowerCase() === name);
  return scheme === undefined ? ok({ elements: [] }) : ofFields(scheme, readFields(scheme, 0, body.slice(2)));
}

function bitsOfPlain(scheme: PlainScheme, body: string): Result<string> {
  const parts = body.split(".");
  if (scheme.filterBits === 0) return encodePlain(scheme, { parts });
  const [filter = "", ...rest] = parts;
  return /^(?:0|[1-9][0-9]?)$/.test(filter)
    ? encodePlain(scheme, { filter: Number(filter), parts: rest })
    : broken(body);
}

/** The lot of a trade item, or any one of it: URIs for things without a serial of their own (TDS 2.x 6.3.13, 8). */
function parseClass(form: string, name: string, body: string): Result<EpcUri> {
  const [, companyPrefix = "", item = "", escaped = ""] = /^([0-9]{6,12})\.([0-9]{1,7})\.(.+)$/.exec(body) ?? [];
  const rest = unescapePart(escaped);
  const fits = companyPrefix.length + item.length === 13 && rest !== undefined;
  if (!fits || (form === "class" ? name !== "lgtin" : name !== "sgtin" || rest !== "*")) return broken(body);
  const gtin = { ai: "01", value: joinKey(gtinShape, companyPrefix, item) };
  const checked = checkElements(form === "class" ? [gtin, { ai: "10", value: rest }] : [gtin]);
  return checked.ok ? ok({ elements: checked.value, companyPrefix }) : checked;
}

function ofFields(scheme: PartitionScheme, fields: EpcFields | undefined): Result<EpcUri> {
  if (fields === undefined) return broken(scheme.urn);
  const written = encodeFields(scheme, fields);
  if (!written.ok) return written;
  return ok({ elements: elementsOfFields(scheme, fields), companyPrefix: fields.companyPrefix });
}

/** The parts between the dots; the last may have dots of its own. */
function readFields(scheme: PartitionScheme, filter: number, body: string): EpcFields | undefined {
  const count = 2 + (scheme.pieces ? 2 : 0) + (scheme.serial ? 1 : 0);
  const split = body.split(".");
  const parts = [...split.slice(0, count - 1), split.slice(count - 1).join(".")].map(unescapePart);
  const [companyPrefix, reference, ...more] = parts;
  if (split.length < count || companyPrefix === undefined || reference === undefined) return undefined;
  const serial = scheme.serial ? more.at(-1) : undefined;
  const [piece, total] = more;
  if (more.includes(undefined)) return undefined;
  return {
    filter,
    partition: 12 - companyPrefix.length,
    companyPrefix,
    reference,
    ...(scheme.pieces ? { pieces: [piece ?? "", total ?? ""] as const } : {}),
    ...(serial === undefined ? {} : { serial }),
  };
}

/** Characters that a URN must not hold (TDS 2.x, tables A-1 and G-1). */
function escapePart(text: string): string {
  return text.replace(/["%&/<>?#]/g, mark => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function unescapePart(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})|["&/<>?#]/.test(text)) return undefined;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function broken(body: string) {
  return refuse("code.epc_uri", `${JSON.stringify(body)} does not have the parts that such an EPC URI has.`);
}
