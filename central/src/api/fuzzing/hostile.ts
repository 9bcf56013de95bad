import fc from "fast-check";

/** Texts that somebody on the way may not survive. */
export const nasty = fc.constantFrom(
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "a\udfff",
  "%",
  "%00",
  "%2f..%2f",
  "'; drop table stock; --",
  "$1",
  "\\",
  "..",
  "null",
  "undefined",
  "[object Object]",
  "-1",
  "0",
  "-0",
  "1e309",
  "1E308",
  "0x10",
  "NaN",
  "Infinity",
  "2147483648",
  "-2147483649",
  "9007199254740993",
  "9223372036854775808",
  "99999999999999999999999999",
  "٣",
  "e\u0301",
  "\u00e9",
  "\u1e9b\u0323",
  "\ufdfa",
  "İ",
  "ß",
  "\ufeff",
  "\u202e",
  "e\u0301\u202e👩‍👩‍👧",
  "\u2028",
  "\r\nx-forged: 1",
  "__proto__",
  "constructor",
  "x".repeat(3000),
  "é".repeat(2000),
  "👩".repeat(200),
  "(01)09506000134352",
  "(01)09506000134353",
  "(00)",
  "(00)106141412345678908",
  "(01)09506000134352(10)\u001d(21)",
  "epc:30",
  "epc:3034257BF400B7800004CB2F",
  "urn:epc:id:sgtin:0614141.012345.1",
  "code:",
  "]C1",
  "]C10109506000134352\u001d",
  "https://id.gs1.org/01/09506000134352",
  "http://[::1",
  "http://169.254.169.254/",
  "file:///etc/passwd",
  'W/"',
  '"0"',
  "*",
);

/** Times that somebody on the way cannot hold. */
export const oddTimes = fc.constantFrom(
  "2026-02-30T00:00:00Z",
  "0001-01-01T00:00:00+23:59",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999999-23:59",
  "9999-12-31T23:59:59.999999999Z",
  "9999-12-31T23:59:59Z",
  "0000-01-01T00:00:00Z",
  "-000001-01-01T00:00:00Z",
  "-271821-04-20T00:00:00Z",
  "+275760-09-13T00:00:00Z",
  "275760-09-13T00:00:00Z",
  "1970-01-01T00:00:00.000000001Z",
  "1969-12-31T23:59:59z",
  "2016-12-31T23:59:60Z",
  "2300-01-01T00:00:00+15:59",
  "2026-11-23T24:00:00Z",
  "infinity",
  "-infinity",
  "epoch",
  "2026-02-30",
  "9999-12-31",
  "0001-01-01",
  "0000-01-01",
  "275760-09-13",
);

/** Keys of other lists, and of rows that cannot be. */
export const oddCursors = fc
  .constantFrom(
    "[]",
    "{}",
    "null",
    '"',
    '["lyon","dock-1"]',
    '["supplier","transit"]',
    '["9999-12-31T23:59:59Z",2147483647,9007199254740991]',
    '["2026-11-23T00:00:00Z",2147483648,1]',
    '["2026-11-23T00:00:00Z",1,1e99]',
    '["2026-11-23T00:00:00Z",1.5,1]',
    '["0000-11-23T00:00:00Z",1,1]',
    '["2026-11-23T00:00:00Z","01939f6c-2a7b-7e4d-8f10-0a1b2c3d4e5f"]',
    "[9007199254740991]",
    "[-1]",
    "[2147483648]",
    "[1e300]",
    '["\\u0000"]',
    '["\\ud800"]',
    '{"after":9007199254740991,"balance":1e300}',
    `${"[".repeat(200)}${"]".repeat(200)}`,
  )
  .map(key => Buffer.from(key).toString("base64url"));

const numbers = fc.constantFrom<unknown>(
  0,
  -1,
  -0,
  1.5,
  1,
  1e-7,
  5e-324,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 53 - 1,
  2 ** 53 + 2,
  -(2 ** 63),
  1e300,
  1.7976931348623157e308,
);

/** What takes the place of one value of a body. */
export const odd: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: nasty },
  { weight: 2, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 3, arbitrary: numbers },
  { weight: 1, arbitrary: oddTimes },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(null, true, [], {}, [[]], { sku: {} }) },
  { weight: 1, arbitrary: fc.jsonValue() },
);

/** Ways to change a value, and what is added to objects. */
export const changes = fc.constantFrom("replace", "replace", "replace", "remove", "add", "repeat", "many");
const addedKeys = ["extra", "__proto__", "constructor", "toString", "id", "", "\u0000", "site"];
const manyMax = 1_200;

/** A copy with one value of it, however deep, changed. */
export function change(value: unknown, at: number, how: string, by: unknown): unknown {
  if (typeof value !== "object" || value === null) return by;
  const keys = Object.keys(value);
  const key = keys[at % Math.max(1, keys.length)];
  if (key === undefined || (how === "add" && !Array.isArray(value)))
    return { ...value, [addedKeys[at % addedKeys.length] ?? ""]: by };
  const inner: unknown = Object(value)[key];
  if (Array.isArray(value)) {
    if (how === "repeat") return [...value, ...value];
    if (how === "many") return Array.from({ length: at % manyMax }, (_, index) => value[index % value.length]);
    return value.map((each, index) => (index === Number(key) ? change(each, at >> 2, how, by) : each));
  }
  if (how === "remove") return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  const isDeep = typeof inner === "object" && inner !== null && at % 4 !== 0;
  return { ...value, [key]: isDeep ? change(inner, at >> 2, how, by) : by };
}

export const spoiling = fc.constantFrom("cut", "twice", "deep", "tail", "number");

/** Text that a client cut off, wrote twice, or made to hurt. */
export function spoil(text: string | undefined, how: string, at: number): string {
  if (text === undefined) return "{";
  if (how === "cut") return text.slice(0, at % (text.length + 1));
  if (how === "twice") return text.replace("{", '{"sku":null,"lines":[],"site":"oslo",');
  if (how === "tail") return `${text}${at % 2 === 0 ? "," : "{}"}`;
  // What JSON can write and no double can hold.
  if (how === "number") return text.replace(/:\d+/, `:${["-0", "1e309", "0.1e-400", "12345678901234567890"][at % 4]}`);
  const depth = 1 + (at % 20_000);
  return text.replace(/:[^,}]*/, `:${"[".repeat(depth)}${"]".repeat(depth)}`);
}
