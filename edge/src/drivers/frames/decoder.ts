import { nothingParsed, type Parsed, type Reply, refuseInto, type StreamDecoder, type Wake } from "../driver.ts";
import { limits as drivers } from "../limits.ts";
import { limits } from "./limits.ts";

/** How one kind of frame stands in a stream. Pure. */
export interface FrameFormat {
  /** As people call it, for what is said about rubbish. */
  readonly name: string;
  /** Bytes of the longest frame. */
  readonly bytesMax: number;
  /**
   * The size of the whole frame with a right check that begins at `from`; 0 when none begins there; `undefined` as long as bytes are
   * missing to tell. Looks at no byte before `from`, nor at `to` or behind it, and says 0 as early as it can.
   */
  sizeAt(bytes: Buffer, from: number, to: number): number | undefined;
}

/** What came out of some frames, and what the device is told. */
export interface Heard extends Parsed {
  readonly replies: Reply[];
}

/** What one device's frames mean. May remember what a conversation needs; owns no timer. */
export interface FrameListener {
  /** A whole frame. It is a view of a buffer that changes afterwards: copy what is kept. */
  take(frame: Buffer, receivedTimeMs: number, heard: Heard): void;
  /** So many bytes that belong to no frame came, and then a pause: a frame may have been among them. */
  miss?(heard: Heard, bytes: number): void;
  /** The port closed. */
  close?(heard: Heard): void;
  readonly wake?: Wake | undefined;
}

/**
 * Takes frames out of a stream. A frame counts when its check is right; otherwise the next one is looked for one byte further on, also
 * inside the bytes that looked like a frame. What stands between frames is refused together, once the next frame begins or a pause
 * comes.
 *
 * Modes: *in step* (the buffer is empty or begins with what may become a frame) and *lost* (`#missed` bytes went by without one).
 */
export class FrameDecoder implements StreamDecoder {
  readonly idleMs = limits.halfFrameMs;
  readonly #format: FrameFormat;
  readonly #listener: FrameListener;
  readonly #buffer: Buffer;
  #from = 0;
  #to = 0;
  /** The beginning of what belongs to no frame, and how many bytes it has in all. */
  readonly #rubbish = Buffer.alloc(drivers.refusedBytesMax);
  #missed = 0;
  #lastTimeMs = 0;

  constructor(format: FrameFormat, listener: FrameListener) {
    this.#format = format;
    this.#listener = listener;
    this.#buffer = Buffer.alloc(limits.takeBytesMax + format.bytesMax);
  }

  get wake(): Wake | undefined {
    return this.#listener.wake;
  }

  /** Bytes of a frame that has no end yet. */
  get pendingBytes(): number {
    return this.#to - this.#from;
  }

  push(chunk: Uint8Array, receivedTimeMs: number): Heard {
    const heard = nothingHeard();
    this.#lastTimeMs = receivedTimeMs;
    for (let at = 0; at < chunk.length; at += limits.takeBytesMax) {
      this.#append(chunk.subarray(at, at + limits.takeBytesMax));
      this.#look(false, receivedTimeMs, heard);
    }
    return heard;
  }

  idle(receivedTimeMs: number): Heard {
    const heard = nothingHeard();
    this.#look(true, receivedTimeMs, heard);
    const missed = this.#missed;
    this.#giveUp(heard);
    if (missed > 0) this.#listener.miss?.(heard, missed);
    return heard;
  }

  abandon(): Heard {
    const heard = this.idle(this.#lastTimeMs);
    this.#listener.close?.(heard);
    return heard;
  }

  /** There is room: what is left of the bytes before is less than a frame. */
  #append(bytes: Uint8Array): void {
    this.#buffer.copyWithin(0, this.#from, this.#to);
    this.#to -= this.#from;
    this.#from = 0;
    this.#buffer.set(bytes, this.#to);
    this.#to += bytes.length;
  }

  /** `isEnd`: nothing more comes, so what may become a frame becomes none. */
  #look(isEnd: boolean, receivedTimeMs: number, heard: Heard): void {
    while (this.#from < this.#to) {
      const size = this.#format.sizeAt(this.#buffer, this.#from, this.#to);
      if (size === undefined && !isEnd) return;
      if (size === undefined || size === 0) {
        this.#miss(heard);
        continue;
      }
      this.#giveUp(heard);
      const frame = this.#buffer.subarray(this.#from, this.#from + size);
      this.#from += size;
      this.#listener.take(frame, receivedTimeMs, heard);
    }
  }

  #miss(heard: Heard): void {
    if (this.#missed < this.#rubbish.length) this.#rubbish[this.#missed] = this.#buffer[this.#from] ?? 0;
    this.#missed++;
    this.#from++;
    if (this.#missed >= drivers.rubbishBytesMax) this.#giveUp(heard);
  }

  #giveUp(heard: Heard): void {
    if (this.#missed === 0) return;
    const code = this.#missed > drivers.lineBytesMax ? "frame.too_long" : "frame.rubbish";
    const detail = `${this.#missed} bytes without a whole and right ${this.#format.name} frame; check speed, wiring and settings.`;
    refuseInto(heard, code, detail, this.#rubbish.subarray(0, Math.min(this.#missed, this.#rubbish.length)));
    this.#missed = 0;
  }
}

function nothingHeard(): Heard {
  return { ...nothingParsed(), replies: [] };
}
