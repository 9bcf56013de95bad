import { join } from "node:path";
import { removeDir, temporaryDir } from "../../deploy/local/local-server.ts";
import { freePort, startMosquitto } from "../../deploy/local/servers.ts";
import type { Bench } from "./bench.ts";
import { type Load, type LoadResult, mqttLoad } from "./load/mqtt-load.ts";
import { zebraMessage } from "./load/zebra.ts";
import { startPart, startReference } from "./parts.ts";
import { median, percentile } from "./report.ts";

const gates = 4;
const tags = 10_000;
const rounds = 3;

/** One reader a gate, all of whose reports arrive one by one; each tag is heard again and again, as at a real gate. */
function load(port: number, messages: number, rate?: number): Load {
  return {
    port,
    connections: gates,
    window: 2000,
    messages,
    ...(rate === undefined ? {} : { rate }),
    topic: connection => `site/dock-${connection + 1}/tags`,
    payload: n => zebraMessage(n % tags, n, Date.now()),
  };
}

function edgeConfig(dir: string, httpPort: number, mqttPort: number) {
  return {
    site: "bench",
    http: { listen: `127.0.0.1:${httpPort}` },
    mqtt: { listen: `127.0.0.1:${mqttPort}`, anonymous: true },
    // Nobody listens there: what is measured is the edge alone, with its link down.
    nats: { servers: ["nats://127.0.0.1:1"] },
    data: join(dir, "data"),
    devices: Array.from({ length: gates }, (_, gate) => ({
      id: `dock-${gate + 1}`,
      driver: "zebra-iotc",
      topic: `site/dock-${gate + 1}/tags`,
      read_points: [{ place: `dock-${gate + 1}`, biz_step: "receiving", from: "supplier" }],
    })),
  };
}

interface Subject {
  readonly name: string;
  start(dir: string): Promise<AsyncDisposable & { readonly port: number }>;
}

const subjects: readonly Subject[] = [
  {
    name: "edge",
    start: async dir => {
      const [httpPort, port] = [await freePort(), await freePort()];
      const part = await startPart("edge", dir, edgeConfig(dir, httpPort, port));
      return { port, [Symbol.asyncDispose]: () => part[Symbol.asyncDispose]() };
    },
  },
  {
    name: "bare aedes",
    start: async () => {
      const port = await freePort();
      const part = await startReference("bare-aedes", [String(port)]);
      return { port, [Symbol.asyncDispose]: () => part[Symbol.asyncDispose]() };
    },
  },
  { name: "mosquitto", start: () => startMosquitto() },
];

async function measure(subject: Subject, messages: number, rate?: number): Promise<LoadResult> {
  const dir = await temporaryDir("bench");
  try {
    await using running = await subject.start(dir);
    await mqttLoad(load(running.port, Math.floor(messages / 10)));
    return await mqttLoad(load(running.port, messages, rate));
  } finally {
    await removeDir(dir);
  }
}

/** Readings a second that are answered after the sync, and how long an answer takes at a given rate. */
export const edgeIngest: Bench = {
  summary: "QoS 1 readings answered after the sync, against brokers that answer at once",
  run: async (report, { brief }) => {
    const messages = brief ? 20_000 : 400_000;
    const perSecond = new Map<string, number[]>();
    for (let round = 0; round < (brief ? 1 : rounds); round++) {
      for (const subject of subjects) {
        const { seconds } = await measure(subject, messages);
        perSecond.set(subject.name, [...(perSecond.get(subject.name) ?? []), messages / seconds]);
      }
    }
    const of = (name: string) => median(perSecond.get(name) ?? []);
    for (const name of ["bare aedes", "mosquitto"]) {
      report({
        bench: "edge-ingest",
        metric: "readings answered after the sync",
        value: of("edge"),
        unit: "readings/s",
        reference: { name, value: of(name) },
        target: { atLeast: 50_000 },
      });
    }
    const rate = 20_000;
    for (const share of [0.5, 0.99]) {
      const ours = await measure(edge(), rate * (brief ? 1 : 15), rate);
      const theirs = await measure(bareAedes(), rate * (brief ? 1 : 15), rate);
      report({
        bench: "edge-ingest",
        metric: `PUBACK at ${rate} readings/s, p${share * 100}`,
        value: percentile(ours.latenciesMs, share),
        unit: "ms",
        reference: { name: "bare aedes", value: percentile(theirs.latenciesMs, share) },
        ...(share === 0.99 ? { target: { atMost: 25 } } : {}),
      });
    }
  },
};

function edge(): Subject {
  return subjects[0] as Subject;
}

function bareAedes(): Subject {
  return subjects[1] as Subject;
}
