import type { DeviceId, Reading } from "@tallygate/protocol";
import { type AnswerBody, refusalBody } from "../../answer.ts";
import { nothingParsed, type Parsed, type Reply, refuseInto, type StreamDecoder } from "../driver.ts";
import { limits } from "../limits.ts";
import { scanReader } from "../scan-text.ts";

export interface ScanFraming {
  readonly deviceId: DeviceId;
  /** What ends a scan; `none`: so many milliseconds without a byte. */
  readonly suffix: "line" | "cr" | "lf" | "crlf" | "tab" | "stx_etx" | "none";
  /** Bytes that the scanner puts in front of each scan, and that are no part of it. */
  readonly prefix: Uint8Array;
  readonly idleMs: number;
  readonly encoding: "utf-8" | "latin1";
  /** What the scanner is told after the commit, for each scan and for each thing that was none. Empty: nothing. */
  readonly answer: {
    readonly ok: Uint8Array;
    readonly refused: Uint8Array;
    /** A line of text goes with it. */
    readonly text: boolean;
  };
}

const tab = 0x09;
const lf = 0x0a;
const cr = 0x0d;
const stx = 0x02;
const etx = 0x03;

/**
 * Takes scans out of the bytes of a scanner in text mode: `[prefix][AIM identifier][data][suffix]`. The AIM identifier and a
 * group separator inside the data are kept; reading them is the core's work.
 *
 * Modes: *between* frames (only with STX/ETX; what comes there is rubbish), *in a line*, and *too long* (the line has passed the
 * limit; its beginning is kept and bytes are only counted up to the next end). Only `push`, `idle` and `abandon`
 * change them.
 */
export class ScanDecoder implements StreamDecoder {
  readonly idleMs: number;
  readonly #framing: ScanFraming;
  readonly #read: (bytes: Uint8Array) => string | undefined;
  readonly #line = new Uint8Array(limits.lineBytesMax);
  #length = 0;
  /** Bytes beyond the limit: more than none in mode *too long*. */
  #over = 0;
  #inFrame: boolean;
  #previous = 0;

  constructor(framing: ScanFraming) {
    this.#framing = framing;
    this.#read = scanReader(framing.encoding);
    this.#inFrame = framing.suffix !== "stx_etx";
    this.idleMs = framing.suffix === "none" ? framing.idleMs : limits.halfLineMs;
  }

  /** Bytes of a line that has no end yet. */
  get pendingBytes(): number {
    return this.#length + this.#over;
  }

  push(chunk: Uint8Array, receivedTimeMs: number): Parsed {
    const parsed = nothingParsed();
    for (const byte of chunk) {
      if (this.#framing.suffix === "stx_etx") this.#takeFramed(byte, receivedTimeMs, parsed);
      else if (this.#isEnd(byte)) this.#endLine(receivedTimeMs, parsed);
      else this.#append(byte, parsed);
      this.#previous = byte;
    }
    return this.#withAnswers(parsed);
  }

  idle(receivedTimeMs: number): Parsed {
    if (this.#framing.suffix !== "none") return this.#restart("no end came");
    const parsed = nothingParsed();
    this.#endLine(receivedTimeMs, parsed);
    return this.#withAnswers(parsed);
  }

  abandon(): Parsed {
    return this.#restart("the port closed in the middle of it");
  }

  #restart(why: string): Parsed {
    const parsed = nothingParsed();
    this.#giveUp(why, parsed);
    this.#inFrame = this.#framing.suffix !== "stx_etx";
    this.#previous = 0;
    return this.#withAnswers(parsed);
  }

  #withAnswers(parsed: Parsed): Parsed {
    const { ok, refused, text } = this.#framing.answer;
    if (ok.length + refused.length === 0 && !text) return parsed;
    const tell = (answer: AnswerBody) => this.#encode(answer);
    const replies: Reply[] = [
      ...parsed.readings.map(reading => ({ bytes: ok, after: "commit", to: { reading, tell } }) as const),
      ...parsed.refused.map(({ problem }) => ({ bytes: tell(refusalBody(problem)), after: "commit" }) as const),
    ];
    return replies.length === 0 ? parsed : { ...parsed, replies };
  }

  #encode({ ok: isOk, text: line }: AnswerBody): Uint8Array {
    const { ok, refused, text } = this.#framing.answer;
    return Buffer.concat([isOk ? ok : refused, Buffer.from(text ? `${line}\r\n` : "")]);
  }

  #isEnd(byte: number): boolean {
    switch (this.#framing.suffix) {
      case "line":
        return byte === cr || byte === lf;
      case "cr":
        return byte === cr;
      case "lf":
        return byte === lf;
      case "crlf":
        return byte === lf && this.#previous === cr;
      case "tab":
        return byte === tab;
      case "none":
      case "stx_etx":
        return false;
    }
  }

  /** STX begins a frame wherever it comes, so that a frame that lost its end does not take the next one with it. */
  #takeFramed(byte: number, receivedTimeMs: number, parsed: Parsed): void {
    if (byte === stx) {
      this.#giveUp(this.#inFrame ? "a new frame began" : "it stood between frames", parsed);
      this.#inFrame = true;
    } else if (byte === etx && this.#inFrame) {
      this.#endLine(receivedTimeMs, parsed);
      this.#inFrame = false;
    } else if (this.#inFrame || (byte !== cr && byte !== lf)) {
      this.#append(byte, parsed);
    }
  }

  #append(byte: number, parsed: Parsed): void {
    if (this.#over === 0 && this.#length < this.#line.length) {
      this.#line[this.#length++] = byte;
      return;
    }
    this.#over++;
    if (this.pendingBytes < limits.rubbishBytesMax) return;
    this.#giveUp("no end came", parsed);
    // Still in the same line: its rest must not pass for a scan of its own.
    this.#over = 1;
  }

  #endLine(receivedTimeMs: number, parsed: Parsed): void {
    if (this.#over > 0) this.#giveUp("its end came too late", parsed);
    else this.#takeLine(this.#withoutOtherEnds(), receivedTimeMs, parsed);
    this.#clear();
  }

  /** A scanner that sends CR LF where CR or LF alone is expected is understood too. */
  #withoutOtherEnds(): Uint8Array {
    const { suffix } = this.#framing;
    let from = 0;
    let to = this.#length;
    if (suffix === "crlf") to--;
    if (suffix === "lf" && this.#line[to - 1] === cr) to--;
    if (suffix === "cr" && this.#line[0] === lf) from++;
    return this.#line.subarray(from, Math.max(from, to));
  }

  #takeLine(line: Uint8Array, receivedTimeMs: number, parsed: Parsed): void {
    if (line.length === 0) return;
    const { prefix, deviceId } = this.#framing;
    if (!prefix.every((byte, index) => line[index] === byte)) {
      refuseInto(parsed, "frame.rubbish", "The scan does not begin with the configured prefix.", line);
      return;
    }
    const scan = this.#read(line.subarray(prefix.length));
    if (scan === undefined) {
      const detail = `The scan holds bytes that no code has; check baud, parity and encoding (${this.#framing.encoding}).`;
      refuseInto(parsed, "frame.rubbish", detail, line);
    } else if (scan.length > limits.codeCharsMax) {
      const detail = `The scan has ${scan.length} characters; the limit is ${limits.codeCharsMax}.`;
      refuseInto(parsed, "code.length", detail, line);
    } else if (scan !== "") {
      const reading: Reading = { deviceId, scan, receivedTimeMs };
      parsed.readings.push(reading);
    }
  }

  /** Reports what stands in the buffer as rubbish, or as too long, and forgets it. */
  #giveUp(why: string, parsed: Parsed): void {
    const sizeBytes = this.#length + this.#over;
    const bytes = this.#line.subarray(0, this.#length);
    if (this.#over > 0) {
      const detail = `A line of ${sizeBytes} bytes: ${why}; the limit is ${limits.lineBytesMax}.`;
      refuseInto(parsed, "frame.too_long", detail, bytes);
    } else if (bytes.some(byte => byte !== cr && byte !== lf)) {
      refuseInto(parsed, "frame.rubbish", `${sizeBytes} bytes that are no whole scan: ${why}.`, bytes);
    }
    this.#clear();
  }

  #clear(): void {
    this.#length = 0;
    this.#over = 0;
  }
}
