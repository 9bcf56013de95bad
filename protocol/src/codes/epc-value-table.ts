import {
  both,
  choice,
  counted,
  delimited,
  integer,
  nibbles,
  oneOf,
  packed,
  pairs,
  type ValueCodec,
} from "./epc-value.ts";

const date = pairs(7, 4, 5);
const toHour = pairs(7, 4, 5, 5);
const toMinute = pairs(7, 4, 5, 5, 6);
const toSecond = pairs(7, 4, 5, 5, 6, 6);
const base64 = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"];
const letter = oneOf(6, base64);
const anyDigit = oneOf(4, [..."0123456789"]);
const slash: ValueCodec = { read: (_, at) => ({ text: "/", end: at }), write: text => (text === "/" ? "" : undefined) };

/** How the value of each AI is written (TDS 2.x, table F). AIs by themselves or as a range of numbers. */
const rows: readonly (readonly [codec: ValueCodec, ais: string])[] = [
  [nibbles(18), "00 8006 8017 8018 8026"],
  [nibbles(14), "01 02"],
  [nibbles(13), "410-417"],
  [nibbles(2), "7241"],
  [both(13, nibbles(13), packed(5)), "253"],
  [both(13, nibbles(13), counted(4)), "255"],
  [both(14, nibbles(14), packed(5)), "8003"],
  [delimited, "7023 8004 8010"],
  [packed(2), "427 7008 7010"],
  [packed(3), "7040 7041"],
  [packed(4), "7005 7009 7255"],
  [packed(5), "10 21 22 235 240 241 243 250 251 254 400 401 403 420 4308 4318 4319 7002 7020-7022 710-716"],
  [packed(5), "7230-7240 7242 8002 8007 8012 8013 8020 90"],
  [packed(6), "4300 4301 4310 4311 4320 7253 7254 7259 8009"],
  [packed(7), "4302-4306 4312-4316 7256 7257 8030 8110 8112 8200 91-99"],
  [counted(3), "242 7004"],
  [counted(4), "30 37 3900-3909 3920-3929 423 425 8011 8019"],
  [both(3, integer(3), counted(4)), "3910-3919 3930-3939"],
  [both(3, integer(3), packed(4)), "421"],
  [both(3, integer(3), packed(5)), "7030-7039"],
  [integer(1), "7252"],
  [integer(2), "20"],
  [integer(3), "422 424 426"],
  [integer(4), "3940-3943 8111"],
  [integer(6), "3100-3169 3200-3299 3300-3379 3400-3499 3500-3579 3600-3699 3950-3953 8005"],
  [integer(8), "7250"],
  [integer(12), "7251"],
  [integer(13), "7001"],
  [integer(14), "8001"],
  [integer(17), "402"],
  [integer(20), "4309"],
  [date, "11 12 13 15 16 17 4326 7006"],
  [toMinute, "4324 4325 7003"],
  [
    choice(1, [
      [0, date],
      [1, both(6, date, date)],
    ]),
    "7007",
  ],
  [
    choice(2, [
      [3, date],
      [0, toHour],
      [1, toMinute],
      [2, toSecond],
    ]),
    "7011 8008",
  ],
  [both(6, integer(6), oneOf(1, ["", "-"])), "4330-4333"],
  [oneOf(1, ["0", "1"]), "4321-4323"],
  [both(1, letter, letter), "4307 4317"],
  [both(1, anyDigit, both(1, slash, anyDigit)), "7258"],
];

const codecs: ReadonlyMap<string, ValueCodec> = new Map(
  rows.flatMap(([codec, ais]) =>
    ais
      .split(" ")
      .flatMap(numbers)
      .map(ai => [ai, codec] as const),
  ),
);

/** The codec of an AI; `undefined` when table F does not have it, so that nothing after it can be read. */
export function valueCodecOf(ai: string): ValueCodec | undefined {
  return codecs.get(ai);
}

function numbers(range: string): readonly string[] {
  const [first = "", last = first] = range.split("-");
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, index) => String(Number(first) + index).padStart(first.length, "0"));
}
