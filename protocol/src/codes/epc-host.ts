import { type Bits, bitText, readNumber } from "./bits.ts";
import { isCode40, packCode40, type ReadText, unpackCode40 } from "./epc-text.ts";

/** Common beginnings and endings that take the place of one character (TDS 2.3 14.5.16, optimisation table A). */
const short: ReadonlyMap<number, string> = new Map([
  [0x1e, "qr."],
  [0x1f, "www."],
  [0x20, "id."],
  [0x5b, ".com"],
  [0x5c, ".org"],
  [0x5d, ".net"],
  [0x5e, ".int"],
  [0x60, ".edu"],
  [0x7b, ".gov"],
  [0x7c, ".mil"],
  [0x7d, ".biz"],
  [0x7e, ".eco"],
  [0x7f, ".med"],
]);

/** Endings that take the place of two characters, by the first one, 0 to 3 (TDS 2.3 14.5.16, tables B1 to B4). */
const long: readonly (readonly string[])[] = [
  endings(`ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo bq br bs bt bw by bz ca
    cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et eu fi fj fk fm fo fr ga gd
    ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki
    km kn kp kr kw ky kz la lb lc li`),
  endings(`lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no
    np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn sr ss st
    su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw`),
  endings(`com.au net.au org.au co.at com.bd co.bd com.br net.br co.nz com.ng com.pk co.in com.in co.il co.jp co.za co.kr
    com.es com.lk co.th co.tt com.tt com.tr biz.tr com.ua co.uk co.zm com.zm com.cn org.cn net.cn gov.cn`),
  endings("tech"),
];

/** All replacements with their codes, the longest first, so that `.com.au` is taken before `.com`. */
const replacements: readonly (readonly [text: string, codes: readonly number[]])[] = [
  ...[...short].map(([code, text]) => [text, [code]] as const),
  ...long.flatMap((list, table) => list.map((text, index) => [text, [table, index]] as const)),
].sort(([left], [right]) => right.length - left.length);

const hostName = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

/**
 * Reads the host name of a '++' scheme (TDS 2.3 14.5.16): a bit for the packing, six bits for the number of characters or
 * of 7-bit codes. Host names have no case; they are given in lower case.
 */
export function readHost(bits: Bits, at: number): ReadText | undefined {
  const length = readNumber(bits, at + 1, 6);
  const start = at + 7;
  const isAscii = readNumber(bits, at, 1) === 1;
  const text = (isAscii ? unpackCodes(bits, start, length) : unpackCode40(bits, start, length))?.toLowerCase();
  if (text === undefined || !hostName.test(text)) return undefined;
  return { text, end: start + (isAscii ? 7 * length : 16 * Math.ceil(length / 3)) };
}

/** Writes a host name in the packing that takes fewer bits; `undefined` when it is none or does not fit. */
export function writeHost(host: string): string | undefined {
  const text = host.toLowerCase();
  if (!hostName.test(text)) return undefined;
  const codes = codesOf(text);
  const ascii =
    codes.length < 64 ? `1${bitText(codes.length, 6)}${codes.map(code => bitText(code, 7)).join("")}` : undefined;
  const capital = text.toUpperCase();
  const dense = text.length < 64 && isCode40(capital) ? `0${bitText(text.length, 6)}${packCode40(capital)}` : undefined;
  if (ascii === undefined || dense === undefined) return ascii ?? dense;
  return ascii.length <= dense.length ? ascii : dense;
}

function codesOf(text: string): readonly number[] {
  const codes: number[] = [];
  for (let at = 0; at < text.length; ) {
    const found = replacements.find(([replaced]) => text.startsWith(replaced, at));
    codes.push(...(found?.[1] ?? [text.charCodeAt(at)]));
    at += found?.[0].length ?? 1;
  }
  return codes;
}

function unpackCodes(bits: Bits, at: number, length: number): string | undefined {
  let text = "";
  for (let index = 0; index < length; index++) {
    const code = readNumber(bits, at + 7 * index, 7);
    const list = long[code];
    if (list === undefined) {
      text += short.get(code) ?? String.fromCharCode(code);
      continue;
    }
    index++;
    const ending = index < length ? list[readNumber(bits, at + 7 * index, 7)] : undefined;
    if (ending === undefined) return undefined;
    text += ending;
  }
  return text;
}

function endings(words: string): readonly string[] {
  return words.split(/\s+/).map(word => `.${word}`);
}
