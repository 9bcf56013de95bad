import type { Socket } from "node:net";
import type { Rate } from "./config.ts";
import { limits } from "./limits.ts";
import { PacketGuard } from "./packet-guard.ts";
import { TokenBucket } from "./token-bucket.ts";

/**
 * Guards the one place before aedes' parser, which has no limit of its own: `read()`, by which aedes takes a connection's bytes. Large
 * messages are cut there, and a client that sends too fast is not read for a while: its socket fills, and TCP slows it down.
 */
export function guardReads(socket: Socket, rate: Rate | undefined): void {
  const guard = new PacketGuard();
  const brake = rate === undefined ? undefined : new Brake(rate, socket);
  const read = socket.read.bind(socket);
  const readNext = (size?: number): unknown => {
    if (brake === undefined) return read(size);
    if (brake.holds()) return null;
    return socket.readableLength > brake.readBytesMax ? read(brake.readBytesMax) : read(size);
  };
  socket.read = (size?: number) => {
    for (let chunk = readNext(size); Buffer.isBuffer(chunk); chunk = readNext(size)) {
      try {
        const bytes = guard.push(chunk);
        brake?.spend(chunk.length, guard.takeMessages());
        if (bytes.length > 0) return bytes;
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)));
        return null;
      }
    }
    return null;
  };
}

/** Says when a socket is not to be read, and wakes its reader afterwards. */
class Brake {
  /** Taken at once at most: what is counted after the fact is then little, even of the smallest messages. */
  readonly readBytesMax: number;
  readonly #messages: TokenBucket;
  readonly #bytes: TokenBucket;
  readonly #socket: Socket;
  #timer: NodeJS.Timeout | undefined;

  constructor({ messages_per_s, kilobytes_per_s }: Rate, socket: Socket) {
    const nowMs = performance.now();
    const { burstS } = limits;
    this.#messages = new TokenBucket({ perS: messages_per_s, burst: messages_per_s * burstS, nowMs });
    const perS = kilobytes_per_s * 1024;
    this.#bytes = new TokenBucket({ perS, burst: perS * burstS, nowMs });
    const { smallestMessageBytes, readBytesMin } = limits;
    this.readBytesMax = Math.max(readBytesMin, messages_per_s * smallestMessageBytes);
    this.#socket = socket;
    socket.once("close", () => clearTimeout(this.#timer));
  }

  spend(bytes: number, messages: number): void {
    const nowMs = performance.now();
    this.#messages.spend(messages, nowMs);
    this.#bytes.spend(bytes, nowMs);
  }

  holds(): boolean {
    const nowMs = performance.now();
    const waitMs = Math.max(this.#messages.waitMs(nowMs), this.#bytes.waitMs(nowMs));
    if (waitMs === 0) return false;
    this.#timer ??= setTimeout(() => this.#wake(), Math.min(waitMs, limits.slowDownMaxMs));
    return true;
  }

  #wake(): void {
    this.#timer = undefined;
    if (!this.#socket.destroyed) this.#socket.emit("readable");
  }
}
