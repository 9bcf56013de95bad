import { gzipSync } from "node:zlib";
import type { Bytes } from "./wire.ts";

/** A request before it is bytes. */
export interface Plain {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | undefined;
}

/** Its bytes as any client sends them. */
export function bytesOf(plain: Plain): Bytes {
  const { body, headers } = plain;
  const length: [string, string][] = body === undefined ? [] : [["content-length", String(body.length)]];
  return whole(plain, [...headers, ...length], body);
}

/** Ways that may leave a request whole: whoever goes away behind it gets no answer, and may have been granted what it asked for. */
export const maybeWhole: readonly Spoiling[] = ["byte"];

/** Ways in which bytes on the wire are not those that a client of ours would send; `at` says where, or which. */
export type Spoiling = keyof typeof spoilings;

export function spoiledBytesOf(plain: Plain, how: Spoiling, at: number): Bytes {
  const made = spoilings[how](plain, at);
  return made.ends === "stays" ? { ...made, ends: "leaves" } : made;
}

const oddTypes = [
  "text/plain",
  "application/xml",
  "application/json; charset=utf-16",
  "application/JSON",
  "application/problem+json",
  "multipart/form-data; boundary=x",
  "application/x-www-form-urlencoded",
  "json",
  "text/csv; header=absent",
  "application/x-ndjson",
  ";",
];

const pathChanges: readonly ((path: string) => string)[] = [
  path => path.replace(/^([^?]*)/, "$1/"),
  path => path.replace(/^([^?]*)/, "$1%2f"),
  path => path.replace(/^([^?]*)/, "$1%00"),
  path => path.replace(/\/[^/?]*(?=\?|$)/, "/%ff%fe"),
  path => path.replace(/\/[^/?]*(?=\?|$)/, "/%c0%ae%c0%ae"),
  path => path.replace(/\/[^/?]*(?=\?|$)/, "/a%2Fb%2F..%2Fc"),
  path => path.replace(/\/[^/?]*(?=\?|$)/, "/%"),
  path => path.replace(/\/[^/?]*(?=\?|$)/, "/%zz"),
  path => path.replace("/v1/", "/v1//"),
  path => path.replace("/v1/", "/v1/./"),
  path => path.replace("/v1/", "/V1/"),
  path => path.replace("/v1/", "/%76%31/"),
  path => path.replace("/v1/", "/v1/;a=b/"),
  path => `${path}${"x".repeat(9_000)}`,
  path => `http://127.0.0.1${path}`,
  path => `http://[${path}`,
  path => `//evil.example${path}`,
  path => `${path}#fragment`,
  () => "*",
];

const queries = [
  "limit=1&limit=2",
  "limit[]=1",
  "limit",
  "limit=",
  "limit=1e2",
  "limit=%31%30",
  "limit=+5",
  "=",
  "%",
  "%00=%00",
  "__proto__=1&constructor[prototype][x]=1",
  "a=%ff%fe",
  "cursor=%ff",
  "site=lyon&site=oslo",
  "&&&&;;",
  `q=${"y".repeat(9_000)}`,
  Array.from({ length: 1_500 }, (_, index) => `k${index}=1`).join("&"),
];

const hosts = ["evil.example", "", "a b", "127.0.0.1:99999", "[::1", "localhost,evil.example", "\x7f"];
const methods = ["HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "QUERY", "DELETE", "NONSENSE"];
const chunkSizes = ["zz", "-1", "ffffffffffffffff", "", "0x5", '5;ext="', " 3", "3\n"];

const spoilings = {
  /** A body that stops in the middle. */
  cut: (plain: Plain, at: number) => ({ ...cutAt(plain, at), ends: "half-closes" as const }),
  reset: (plain: Plain, at: number) => ({ ...cutAt(plain, at), ends: "resets" as const }),
  chunked: (plain: Plain, at: number) => chunked(plain, Buffer.concat([chunks(plain, 1 + (at % 50)), lastChunk])),
  chunkedCut: (plain: Plain, at: number) => ({
    ...chunked(plain, chunks(plain, 1 + (at % 50))),
    ends: "half-closes" as const,
  }),
  badChunk: (plain: Plain, at: number) => {
    const bad = Buffer.from(`${chunkSizes[at % chunkSizes.length]}\r\nabc\r\n0\r\n\r\n`);
    return { ...chunked(plain, Buffer.concat([chunks(plain, 40), bad])), ends: "half-closes" as const };
  },
  bothFramings: (plain: Plain) =>
    whole(
      plain,
      [...plain.headers, ["content-length", "5"], ["transfer-encoding", "chunked"]],
      Buffer.concat([chunks(plain, 40), lastChunk]),
    ),
  twoLengths: (plain: Plain) =>
    whole(
      plain,
      [...plain.headers, ["content-length", String(plain.body?.length ?? 0)], ["content-length", "1"]],
      plain.body,
    ),
  oddLength: (plain: Plain, at: number) =>
    whole(
      plain,
      [...plain.headers, ["content-length", ["-1", "1e3", "+5", "", "99999999999999999999"][at % 5] ?? ""]],
      plain.body,
    ),
  gzip: (plain: Plain) => {
    const body = gzipSync(plain.body ?? Buffer.alloc(0));
    return bytesOf({ ...plain, headers: [...plain.headers, ["content-encoding", "gzip"]], body });
  },
  type: (plain: Plain, at: number) => {
    const headers = plain.headers.filter(([name]) => name !== "content-type");
    return bytesOf({ ...plain, headers: [...headers, ["content-type", oddTypes[at % oddTypes.length] ?? ""]] });
  },
  noType: (plain: Plain) => bytesOf({ ...plain, headers: plain.headers.filter(([name]) => name !== "content-type") }),
  encoding: (plain: Plain, at: number) => bytesOf({ ...plain, body: encodings[at % encodings.length]?.(plain.body) }),
  twiceHeaders: (plain: Plain) =>
    bytesOf({
      ...plain,
      headers: [...plain.headers, ...plain.headers, ["idempotency-key", "a"], ["idempotency-key", "b"]],
    }),
  oddHeaders: (plain: Plain, at: number) =>
    bytesOf({ ...plain, headers: [...plain.headers, oddHeaders[at % oddHeaders.length] ?? ["x", ""]] }),
  path: (plain: Plain, at: number) =>
    bytesOf({ ...plain, path: pathChanges[at % pathChanges.length]?.(plain.path) ?? plain.path }),
  query: (plain: Plain, at: number) =>
    bytesOf({ ...plain, path: `${plain.path}${plain.path.includes("?") ? "&" : "?"}${queries[at % queries.length]}` }),
  method: (plain: Plain, at: number) => bytesOf({ ...plain, method: methods[at % methods.length] ?? "" }),
  host: (plain: Plain, at: number) =>
    bytesOf({ ...plain, headers: [...plain.headers, ["host", hosts[at % hosts.length] ?? ""]] }),
  oldVersion: (plain: Plain) => {
    const { bytes, ...rest } = bytesOf(plain);
    return {
      ...rest,
      bytes: Buffer.from(Buffer.from(bytes).toString("latin1").replace("HTTP/1.1", "HTTP/1.0"), "latin1"),
    };
  },
  /** Whatever stands there becomes some other byte. */
  byte: (plain: Plain, at: number) => {
    const { bytes, ...rest } = bytesOf(plain);
    const changed = Buffer.from(bytes);
    changed[at % changed.length] = (at >> 3) % 256;
    return { ...rest, bytes: changed, ends: "half-closes" as const };
  },
};

export const spoilingNames = Object.keys(spoilings) as Spoiling[];

const oddHeaders: readonly (readonly [string, string])[] = [
  ["expect", "100-continue"],
  ["expect", "nonsense"],
  ["idempotency-key", "x".repeat(256)],
  ["idempotency-key", "\xe9\xff"],
  ["if-match", '"'],
  ["if-match", "*"],
  ["if-match", 'W/"1", "2"'],
  ["if-none-match", "*"],
  ["x-padding", "x".repeat(20_000)],
  ["x-request-id", "../../etc"],
  ["authorization", "Bearer \xff"],
  ["cookie", "tallygate=%00"],
  ["origin", "null"],
  ["connection", "upgrade"],
  ["upgrade", "h2c"],
  ["range", "bytes=5-1"],
  ["accept", "text/html"],
  ["accept-encoding", "gzip, br"],
  ["last-event-id", "-1"],
  ["__proto__", "1"],
];

const encodings: readonly ((body: Buffer | undefined) => Buffer)[] = [
  (body = Buffer.alloc(0)) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]),
  (body = Buffer.alloc(0)) => Buffer.from(body.toString(), "utf16le"),
  (body = Buffer.alloc(0)) =>
    Buffer.from(body.toString("latin1").replace(/"([^"]*)"(?=[,}])/, '"\xff\xfe$1"'), "latin1"),
  (body = Buffer.alloc(0)) =>
    Buffer.from(body.toString("latin1").replace(/"([^"]*)"(?=[,}])/, '"\xed\xa0\x80"'), "latin1"),
  (body = Buffer.alloc(0)) => Buffer.concat([Buffer.alloc(1024 * 1024 + 1, " "), body]),
  (body = Buffer.alloc(0)) => Buffer.concat([Buffer.from([0x1f, 0x8b]), body]),
];

const lastChunk = Buffer.from("0\r\n\r\n");

function chunks({ body = Buffer.alloc(0) }: Plain, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"));
  }
  return Buffer.concat(parts);
}

function chunked(plain: Plain, body: Buffer): Bytes {
  return whole(plain, [...plain.headers, ["transfer-encoding", "chunked"]], body);
}

/** Somewhere in its body, or where it has none, in its head. */
function cutAt(plain: Plain, at: number): Bytes {
  const { bytes, headOnly } = bytesOf(plain);
  const length = plain.body?.length ?? bytes.length;
  const cut = bytes.length - 1 - (at % Math.max(1, length));
  return { bytes: bytes.subarray(0, cut), ends: "half-closes", headOnly };
}

function whole({ method, path }: Plain, headers: Plain["headers"], body: Buffer | undefined): Bytes {
  const host = headers.some(([name]) => name === "host") ? [] : ["host: 127.0.0.1"];
  const lines = [`${method} ${path} HTTP/1.1`, ...host, ...headers.map(([name, value]) => `${name}: ${value}`)];
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  const bytes = body === undefined ? head : Buffer.concat([head, body]);
  return { bytes, ends: "stays", headOnly: method === "HEAD" };
}
