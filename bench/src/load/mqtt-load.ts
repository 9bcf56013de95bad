import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connectPacket, pubackReader, publishPacket } from "./mqtt-packets.ts";

export interface Load {
  readonly port: number;
  readonly connections: number;
  /** Unanswered messages per connection. */
  readonly window: number;
  readonly messages: number;
  /** Messages a second in all; absent: as fast as answers come. */
  readonly rate?: number;
  readonly topic: (connection: number) => string;
  /** Payload of the n-th message in all. Called while sending, so it must be cheap. */
  readonly payload: (n: number) => string;
}

export interface LoadResult {
  readonly seconds: number;
  /** From the time a message was due (with a rate) or sent (without) until its PUBACK, in ms. */
  readonly latenciesMs: Float64Array;
  /** When message n was due or sent, `performance.timeOrigin`-based, in ms. */
  readonly sentAtMs: Float64Array;
}

/** Publishes QoS 1 messages and waits until each is answered. */
export async function mqttLoad(load: Load): Promise<LoadResult> {
  const result = { latenciesMs: new Float64Array(load.messages), sentAtMs: new Float64Array(load.messages) };
  const lanes = await Promise.all(
    Array.from({ length: load.connections }, (_, index) => openLane(load, index, result)),
  );
  const started = performance.now();
  await Promise.all(lanes.map(lane => lane.run(started)));
  const seconds = (performance.now() - started) / 1000;
  for (const lane of lanes) lane.close();
  return { seconds, ...result };
}

/** One connection. It sends messages index, index + connections, index + 2 × connections, … */
async function openLane(load: Load, index: number, result: Omit<LoadResult, "seconds">) {
  const socket: Socket = connect({ port: load.port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  socket.write(connectPacket(`load-${process.pid}-${index}`));
  await once(socket, "readable");

  const total = Math.ceil((load.messages - index) / load.connections);
  const topic = load.topic(index);
  const inFlight = new Int32Array(65_536).fill(-1);
  let sent = 0;
  let answered = 0;

  const run = async (started: number) => {
    const done = Promise.withResolvers<void>();
    socket.on("close", () => done.reject(new Error(`the broker closed connection ${index} after ${answered} answers`)));
    socket.on("error", done.reject);
    const read = pubackReader(id => {
      const n = inFlight[id] ?? -1;
      if (n < 0) return;
      inFlight[id] = -1;
      result.latenciesMs[n] = performance.timeOrigin + performance.now() - (result.sentAtMs[n] ?? 0);
      answered++;
    });
    const due = () => {
      if (load.rate === undefined) return total;
      return Math.min(total, Math.floor(((performance.now() - started) / 1000) * (load.rate / load.connections)));
    };
    const send = () => {
      const until = Math.min(due(), answered + load.window);
      if (sent >= until) return;
      const chunk: Buffer[] = [];
      while (sent < until) {
        const n = index + sent * load.connections;
        const id = (sent % 65_535) + 1;
        const { bytes, idAt } = publishPacket(topic, load.payload(n));
        bytes.writeUInt16BE(id, idAt);
        inFlight[id] = n;
        const dueMs =
          load.rate === undefined ? performance.now() : started + (sent / (load.rate / load.connections)) * 1000;
        result.sentAtMs[n] = performance.timeOrigin + dueMs;
        chunk.push(bytes);
        sent++;
      }
      socket.write(Buffer.concat(chunk));
    };
    socket.on("data", (chunk: Buffer) => {
      read(chunk);
      if (answered === total) done.resolve();
      else if (load.rate === undefined) send();
    });
    const timer = load.rate === undefined ? undefined : setInterval(send, 1);
    send();
    socket.resume();
    try {
      await done.promise;
    } finally {
      clearInterval(timer);
    }
  };
  return {
    run,
    close: () => {
      socket.removeAllListeners("close");
      socket.destroy();
    },
  };
}
