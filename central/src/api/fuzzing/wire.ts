import { connect, type Socket } from "node:net";
import type { Answer } from "../testing.ts";

/** The bytes of a request. */
export interface Bytes {
  readonly bytes: Uint8Array;
  /** Whether the client keeps the connection, leaves it after the answer, or goes away behind the bytes as one that broke off in the middle. */
  readonly ends: "stays" | "leaves" | "half-closes" | "resets";
  /** The answer has a head alone, or is left after its head since it has no end. */
  readonly headOnly: boolean;
}

/** Whoever waits longer for an answer was forgotten. On a busy machine some are answered late. */
const answerMaxMs = 120_000;
/** The server closes connections on which nothing came for 5 s: they are not used again shortly before. */
const idleMaxMs = 1_000;

type Sent = Answer | "broken off" | "forgotten";

/** A client that sends bytes as they are: what no HTTP library would send, too. Connections are used again where the request was whole. */
export class Wire implements Disposable {
  readonly #port: number;
  #idle: { readonly socket: Socket; readonly sinceMs: number }[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  /** The answer; `broken off` where the connection ended without one, `forgotten` where none came in time. */
  async send(sent: Bytes): Promise<Sent> {
    const kept = this.#take();
    const answer = await this.#sendOver(kept ?? this.#connect(), sent);
    // One that was kept may have been closed by the server just then, while we began to use it again (RFC 9112, 9.3.1).
    const wasClosed = answer === "broken off" && kept !== undefined && sent.ends === "stays";
    return wasClosed ? this.#sendOver(this.#connect(), sent) : answer;
  }

  async #sendOver(socket: Socket, { bytes, ends, headOnly }: Bytes): Promise<Sent> {
    const { promise, resolve } = Promise.withResolvers<Read | "broken off" | "forgotten">();
    const reader = new AnswerReader(headOnly);
    const onData = (chunk: Buffer) => {
      const read = reader.push(chunk);
      if (read !== undefined) resolve(read);
    };
    const onClose = () => resolve(reader.end() ?? "broken off");
    const timer = setTimeout(() => resolve("forgotten"), answerMaxMs);
    socket.on("data", onData).on("close", onClose);
    socket.write(bytes);
    if (ends === "half-closes") socket.end();
    if (ends === "resets") setImmediate(() => socket.resetAndDestroy());
    const read = await promise;
    clearTimeout(timer);
    socket.off("data", onData).off("close", onClose);
    if (typeof read === "object" && read.isReusable && ends === "stays" && !headOnly)
      this.#idle.push({ socket, sinceMs: Date.now() });
    else socket.destroy();
    return typeof read === "object" ? read.answer : read;
  }

  [Symbol.dispose](): void {
    for (const { socket } of this.#idle) socket.destroy();
  }

  #take(): Socket | undefined {
    for (let next = this.#idle.pop(); next !== undefined; next = this.#idle.pop()) {
      const { socket, sinceMs } = next;
      if (!socket.destroyed && socket.writable && Date.now() - sinceMs < idleMaxMs) return socket;
      socket.destroy();
    }
    return undefined;
  }

  #connect(): Socket {
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    // What becomes of a connection shows in its answer.
    socket.on("error", () => undefined);
    return socket;
  }
}

interface Read {
  readonly answer: Answer;
  readonly isReusable: boolean;
}

interface Head {
  readonly status: number;
  readonly headers: Headers;
}

/** Puts one answer together. */
class AnswerReader {
  readonly #headOnly: boolean;
  #bytes: Buffer = Buffer.alloc(0);
  #head: Head | undefined;

  constructor(headOnly: boolean) {
    this.#headOnly = headOnly;
  }

  push(chunk: Buffer): Read | undefined {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    this.#head ??= this.#readHead();
    if (this.#head === undefined) return undefined;
    const { status, headers } = this.#head;
    const isReusable = headers.get("connection") !== "close";
    if (this.#headOnly || status === 204 || status === 304) return this.#read(this.#head, "", isReusable);
    const body = bodyOf(this.#bytes, headers);
    return body && this.#read(this.#head, body.toString(), isReusable);
  }

  /** The connection has ended. */
  end(): Read | undefined {
    return this.#head && this.#read(this.#head, this.#bytes.toString(), false);
  }

  #readHead(): Head | undefined {
    for (;;) {
      const end = this.#bytes.indexOf("\r\n\r\n");
      if (end < 0) return undefined;
      const [first = "", ...lines] = this.#bytes.toString("latin1", 0, end).split("\r\n");
      this.#bytes = this.#bytes.subarray(end + 4);
      const status = Number(first.split(" ")[1]);
      // 100 Continue stands before the answer.
      if (status < 200) continue;
      const pairs = lines.map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      });
      return { status, headers: new Headers(pairs) };
    }
  }

  #read({ status, headers }: Head, text: string, isReusable: boolean): Read {
    const isJson = /\bjson/.test(headers.get("content-type") ?? "");
    return { answer: { status, headers, body: isJson && text !== "" ? parsed(text) : text }, isReusable };
  }
}

/** A body that was cut off stays text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The body once it is whole. */
function bodyOf(bytes: Buffer, headers: Headers): Buffer | undefined {
  const length = headers.get("content-length");
  if (length !== null) return bytes.length >= Number(length) ? bytes.subarray(0, Number(length)) : undefined;
  if (headers.get("transfer-encoding") !== "chunked") return undefined;
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    const end = lineEnd + 2 + size;
    if (bytes.length < end + 2) return undefined;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, end));
    at = end + 2;
  }
}
