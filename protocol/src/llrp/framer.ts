import type { Problem } from "../problem.ts";
import { refuse } from "../result.ts";
import { decodeHeader, headerBytes } from "./decode.ts";
import { limits } from "./limits.ts";

/** Why nothing more can be framed, and the header that says so. */
export interface FramingFault {
  readonly problem: Problem;
  readonly bytes: Uint8Array;
}

/**
 * Cuts a stream into whole messages, in any chunks. Keeps less than one message, in memory that is taken after its length was
 * found to be within the limit. Once a header's length cannot be right there is no way to find the next message: `fault` says
 * why, and nothing is taken any more.
 */
export class Framer {
  #fault: FramingFault | undefined;
  readonly #header = new Uint8Array(headerBytes);
  /** The message that has begun, once its header is whole. */
  #message: Uint8Array | undefined;
  #held = 0;

  get fault(): FramingFault | undefined {
    return this.#fault;
  }

  /** What has begun and is not whole yet. */
  pending(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#message ?? this.#header, 0, this.#held);
  }

  /** The messages that the chunk completes. They may share its memory. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    const messages: Uint8Array[] = [];
    let at = 0;
    while (this.#fault === undefined && at < chunk.length) {
      const whole = this.#held === 0 ? this.#wholeAt(chunk, at) : undefined;
      if (whole !== undefined) {
        messages.push(whole);
        at += whole.length;
      } else if (this.#fault === undefined) at += this.#keep(chunk, at, messages);
    }
    return messages;
  }

  /** The usual case, without a copy: the message lies in the chunk with its beginning and its end. */
  #wholeAt(chunk: Uint8Array, at: number): Uint8Array | undefined {
    if (chunk.length - at < headerBytes) return undefined;
    const length = this.#lengthIn(chunk.subarray(at, at + headerBytes));
    return length === undefined || length > chunk.length - at ? undefined : chunk.subarray(at, at + length);
  }

  /** Takes what belongs to the message that has begun, and tells how many bytes that were. */
  #keep(chunk: Uint8Array, at: number, messages: Uint8Array[]): number {
    const into = this.#message ?? this.#header;
    const taken = Math.min(into.length - this.#held, chunk.length - at);
    into.set(chunk.subarray(at, at + taken), this.#held);
    this.#held += taken;
    if (this.#held === headerBytes && this.#message === undefined) {
      const length = this.#lengthIn(this.#header);
      if (length === undefined) return taken;
      this.#message = new Uint8Array(length);
      this.#message.set(this.#header);
    }
    if (this.#message !== undefined && this.#held === this.#message.length) {
      messages.push(this.#message);
      this.#message = undefined;
      this.#held = 0;
    }
    return taken;
  }

  #lengthIn(header: Uint8Array): number | undefined {
    const { length } = decodeHeader(header);
    if (length < headerBytes) {
      this.#refuse("message.shape", `A header says ${length} bytes, fewer than its own ${headerBytes}.`, header);
    } else if (length > limits.messageBytesMax) {
      this.#refuse(
        "message.too_large",
        `A header says ${length} bytes; the limit is ${limits.messageBytesMax}.`,
        header,
      );
    } else return length;
    return undefined;
  }

  #refuse(code: "message.shape" | "message.too_large", detail: string, header: Uint8Array): void {
    this.#fault = { problem: refuse(code, detail).problem, bytes: Uint8Array.prototype.slice.call(header) };
    this.#held = 0;
  }
}
