import { createReadStream } from "node:fs";
import { open as openFile } from "node:fs/promises";
import { join } from "node:path";
import { removeDir, temporaryDir } from "../../deploy/local/local-server.ts";
import { freePort, type PtyPair, socatPair } from "../../deploy/local/servers.ts";
import type { Bench } from "./bench.ts";
import { mqttLoad } from "./load/mqtt-load.ts";
import { zebraMessage } from "./load/zebra.ts";
import { startPart } from "./parts.ts";
import { percentile } from "./report.ts";

const rate = 2000;
const openTriesMax = 100;
const answerMs = 2000;

function edgeConfig(dir: string, httpPort: number, mqttPort: number, port: string) {
  return {
    site: "bench",
    http: { listen: `127.0.0.1:${httpPort}` },
    mqtt: { listen: `127.0.0.1:${mqttPort}`, anonymous: true },
    nats: { servers: ["nats://127.0.0.1:1"] },
    data: join(dir, "data"),
    devices: [
      { id: "dock-1", driver: "zebra-iotc", topic: "dock-1/tags", read_points: [{ place: "dock-1" }] },
      { id: "gun", driver: "serial-scanner", port, mode: "receive", place: "bench", answer: { text: true } },
    ],
  };
}

/** A hand that scans again as soon as it is answered; each wait in milliseconds. */
async function openHand(pair: PtyPair) {
  const handle = await openFile(pair.b, "r+");
  const stream = createReadStream("", { fd: handle.fd, autoClose: false });
  stream.on("error", () => undefined);
  let answered: () => void = () => undefined;
  stream.on("data", chunk => {
    if (chunk.includes("\n")) answered();
  });
  const scan = async (deadlineMs: number): Promise<number | undefined> => {
    const startMs = performance.now();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const late = setTimeout(() => resolve(false), deadlineMs);
    answered = () => resolve(true);
    await handle.write("]E05901234123457\r\n");
    const isAnswered = await promise;
    clearTimeout(late);
    return isAnswered ? performance.now() - startMs : undefined;
  };
  return {
    scan,
    [Symbol.asyncDispose]: async () => {
      stream.destroy();
      await handle.close().catch(() => undefined);
    },
  };
}

/** How long someone with a scanner waits for the answer while the gates of the site are busy. */
export const scanAnswer: Bench = {
  summary: `scan → answer on a serial line while ${rate} readings/s arrive`,
  run: async (report, { brief }) => {
    const seconds = brief ? 2 : 15;
    const dir = await temporaryDir("bench");
    try {
      await using pair = await socatPair();
      const [httpPort, mqttPort] = [await freePort(), await freePort()];
      await using _edge = await startPart("edge", dir, edgeConfig(dir, httpPort, mqttPort, pair.a));
      await using hand = await openHand(pair);
      // Until the edge has opened its end, nobody answers.
      for (let attempt = 0; attempt < openTriesMax; attempt++) if ((await hand.scan(100)) !== undefined) break;
      let isLoaded = true;
      const load = mqttLoad({
        port: mqttPort,
        connections: 1,
        window: 2000,
        messages: rate * seconds,
        rate,
        topic: () => "dock-1/tags",
        payload: n => zebraMessage(n % 10_000, n, Date.now()),
      }).finally(() => {
        isLoaded = false;
      });
      const waitsMs: number[] = [];
      while (isLoaded) {
        const waitMs = await hand.scan(answerMs);
        if (waitMs === undefined) throw new Error(`a scan had no answer within ${answerMs} ms`);
        waitsMs.push(waitMs);
      }
      await load;
      for (const share of [0.5, 0.99]) {
        report({
          bench: "scan-answer",
          metric: `scan answered on a serial line, at ${rate} readings/s, p${share * 100}`,
          value: percentile(Float64Array.from(waitsMs), share),
          unit: "ms",
          ...(share === 0.99 ? { target: { atMost: 100 } } : {}),
        });
      }
    } finally {
      await removeDir(dir);
    }
  },
};
