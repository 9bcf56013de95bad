import { z } from "zod";
import { type Delivery, listen, type RadioSettings } from "../radio/radio.ts";
import type { WorldEvent } from "../world/events.ts";
import { type Device, type DeviceContext, deviceFields, type MqttAccess, type Parcel, rangeOf } from "./device.ts";
import type { Link } from "./link.ts";
import { HttpAccess, PostLink } from "./post-link.ts";
import { type NodeSession, type Presence, ReaderLink } from "./reader-link.ts";

const Topic = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^#+\0]+$/, "a topic without wildcards");
const probability = z.number().min(0).max(1);

export const topic = Topic;

const Radio = z
  .strictObject({
    round_ms: z.int().min(10).max(10_000).default(200).meta({ description: "How long one antenna listens." }),
    read_rate: probability.default(0.65).meta({ description: "Chance that a round hears a tag right at the antenna." }),
    every_tag_read: z.boolean().default(true).meta({ description: "Each tag is heard at least once in a crossing." }),
    rssi_dbm_at_metre: z.number().min(-80).max(-20).default(-46),
    rssi_deviation_db: z.number().min(0).max(20).default(2.5),
    threshold_dbm: z.number().min(-100).max(-30).default(-72).meta({
      description: "Weaker than this are only things that stand about; what goes through is as strong at least.",
    }),
    stray_rate: probability.default(0).meta({ description: "Chance that a thing near by is heard during a crossing." }),
    duplicate_rate: probability.default(0).meta({ description: "Chance that a report is delivered twice." }),
    late_rate: probability.default(0).meta({ description: "Chance that a report is delivered behind later ones." }),
    late_ms: z.int().min(1).max(60_000).default(300).meta({ description: "How late at most." }),
  })
  .prefault({})
  .meta({ description: "How well the gate hears." });

/** What the settings of each gate have. */
export const gateFields = {
  ...deviceFields,
  topic: Topic.meta({
    description: "Where tag events are published; not used by one that posts.",
    example: "lyon/dock-1/tags",
  }),
  http: HttpAccess.optional(),
  client_id: z.string().min(1).max(64).optional().meta({ description: "By default the site and the device." }),
  antennas: z.int().min(1).max(32).default(4),
  stay_ms: rangeOf(0, 86_400_000, [5_000, 20_000]).meta({
    description: "How long things stand at `from` before they go through. Milliseconds of the world.",
  }),
  dwell_ms: rangeOf(1, 600_000, [2_000, 4_000]).meta({ description: "How long a crossing takes." }),
  share: probability
    .default(1)
    .meta({ description: "Which part of a group goes on through this gate; the rest stays." }),
  keep_max: z
    .int()
    .min(0)
    .default(100_000)
    .meta({ description: "More things than that at `from` go with the next crossing." }),
  clock_offset_ms: z
    .int()
    .min(-86_400_000)
    .max(86_400_000)
    .default(0)
    .meta({ description: "How wrong the reader's clock is." }),
  buffer_max: z.int().min(1).max(1_000_000).default(150_000).meta({
    description: "Messages kept until they are answered; when it is full, nothing more happens at any gate.",
  }),
  inflight_max: z.int().min(1).max(10_000).default(50).meta({ description: "Messages on their way at a time." }),
  radio: Radio,
};
const GateSettings = z.object(gateFields);
export type GateSettings = z.infer<typeof GateSettings>;

/** One maker's way of saying what a gate heard. Pure but for its own counters. */
export interface Dialect {
  /** A tag event as text of JSON. `eventNumber` counts from 0 over all reports of the device. */
  tagEvent(delivery: Delivery, eventNumber: number, wallMs: number): string;
  /** How many events one message has at most, and how long the first may wait for others. Absent: one each. */
  readonly batch?: { readonly eventsMax: number; readonly waitMs: number };
  readonly presence?: Presence;
  readonly session?: NodeSession;
}

/** Something that a reader says beside its tags. */
export interface SideMessage {
  readonly topic: string;
  readonly payload: string;
}

export interface GateOptions {
  readonly settings: GateSettings;
  readonly context: DeviceContext;
  readonly dialect: Dialect;
  /** Said first of all, and said last of all. */
  readonly onStart?: () => SideMessage;
  readonly onFinish?: () => SideMessage;
  /** Said again and again while there is a connection; what could not be said is forgotten. */
  readonly beat?: { readonly everyMs: number; readonly say: (reads: ReadonlyMap<number, number>) => SideMessage };
}

const defaultMqtt: MqttAccess = { url: "mqtt://127.0.0.1:1883" };

/** The shell that all gates share: radio in, parcels out, at least once. */
export function openGate(options: GateOptions): Device {
  const { settings, context, dialect, beat } = options;
  const radio = radioSettings(settings);
  const link = openLink(options);
  let nextNumber = 0;
  const reads = new Map<number, number>();
  const say = (message: SideMessage | undefined) => message && link.send(message.topic, message.payload, 0);
  say(options.onStart?.());
  const timer = beat && setInterval(() => link.isUp && say(beat.say(reads)), beat.everyMs).unref();

  function hear(event: WorldEvent, wallMs: (worldMs: number) => number): readonly Parcel[] {
    if (event.kind !== "crossing") return [];
    const passage = { ...event, tags: event.things.map(epcOf), near: event.near.map(epcOf) };
    const deliveries = listen(passage, radio, context.random);
    const first = nextNumber;
    nextNumber += 1 + deliveries.reduce((most, { report }) => Math.max(most, report.number), -1);
    for (const { report } of deliveries) reads.set(report.antenna, (reads.get(report.antenna) ?? 0) + report.reads);
    const said = deliveries.map(delivery => {
      const readerMs = wallMs(delivery.report.atMs) + settings.clock_offset_ms;
      return { atMs: delivery.atMs, text: dialect.tagEvent(delivery, first + delivery.report.number, readerMs) };
    });
    return pack(said, dialect.batch).map(({ atMs, payload, events }) => ({
      atMs,
      send: () => link.send(settings.topic, payload, events),
    }));
  }

  return {
    id: settings.id,
    hear,
    hasRoom: () => link.hasRoom(),
    room: signal => link.room(signal),
    finish() {
      clearInterval(timer);
      say(options.onFinish?.());
    },
    settle: signal => link.settle(signal),
    counts: () => link.counts(),
    doubtful: () => [],
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await link[Symbol.asyncDispose]();
    },
  };
}

function openLink({ settings, context, dialect }: GateOptions): Link {
  const { id: device, http, buffer_max: bufferMax, inflight_max: inflightMax } = settings;
  const { log, site, mqtt = defaultMqtt } = context;
  if (http !== undefined) return new PostLink({ device, http, bufferMax, log });
  return new ReaderLink({
    clientId: settings.client_id ?? `${site}-${device}`,
    mqtt,
    bufferMax,
    inflightMax,
    ...(dialect.presence ? { presence: dialect.presence } : {}),
    ...(dialect.session ? { session: dialect.session } : {}),
    log,
  });
}

interface Said {
  readonly atMs: number;
  readonly text: string;
}

interface Packed {
  readonly atMs: number;
  readonly payload: string;
  readonly events: number;
}

/** Events that may go together become an array, which leaves with its last one; alone, an event is no array. */
export function pack(said: readonly Said[], batch: Dialect["batch"]): readonly Packed[] {
  if (batch === undefined) return said.map(({ atMs, text }) => ({ atMs, payload: text, events: 1 }));
  const packed: Packed[] = [];
  for (let start = 0; start < said.length; ) {
    const untilMs = (said[start]?.atMs ?? 0) + batch.waitMs;
    const waiting = said.slice(start, start + batch.eventsMax);
    const late = waiting.findIndex(({ atMs }) => atMs > untilMs);
    const together = late < 0 ? waiting : waiting.slice(0, late);
    const atMs = together.at(-1)?.atMs ?? untilMs;
    packed.push({ atMs, payload: `[${together.map(({ text }) => text).join(",")}]`, events: together.length });
    start += together.length;
  }
  return packed;
}

function epcOf({ epcHex }: { readonly epcHex: string }): string {
  return epcHex;
}

export function radioSettings({ antennas, radio }: Pick<GateSettings, "antennas" | "radio">): RadioSettings {
  return {
    antennas,
    roundMs: radio.round_ms,
    readRate: radio.read_rate,
    everyTagRead: radio.every_tag_read,
    rssiDbmAtMetre: radio.rssi_dbm_at_metre,
    rssiDeviationDb: radio.rssi_deviation_db,
    thresholdDbm: radio.threshold_dbm,
    strayRate: radio.stray_rate,
    duplicateRate: radio.duplicate_rate,
    lateRate: radio.late_rate,
    lateMs: radio.late_ms,
  };
}
