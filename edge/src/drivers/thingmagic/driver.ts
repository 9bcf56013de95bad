import { z } from "zod";
import { readPoints } from "../config-parts.ts";
import { refuseInto, type StreamDriver, type Wake } from "../driver.ts";
import { inventory } from "../frames/config.ts";
import { FrameDecoder, type FrameListener, type Heard } from "../frames/decoder.ts";
import { hearTag, hexByte, say, tell } from "../frames/hear.ts";
import { limits } from "../frames/limits.ts";
import { serialFields } from "../serial-parts.ts";
import { opcodes, readTag, readThingmagic, tagReport, thingmagicFormat, writeThingmagic } from "./frame.ts";

/** Regions by the module's numbers. */
const regions = {
  na: 0x01,
  in: 0x04,
  jp: 0x05,
  prc: 0x06,
  eu3: 0x08,
  kr2: 0x09,
  au: 0x0b,
  nz: 0x0c,
  na2: 0x0d,
  open: 0xff,
} as const;
type Region = keyof typeof regions;
const regionNames = Object.keys(regions).filter((name): name is Region => name in regions);

export const ThingmagicConfig = z
  .strictObject({
    ...serialFields({ baud: 115_200 }),
    driver: z.literal("thingmagic"),
    inventory,
    region: z.enum(regionNames).meta({
      description: "Where the module may send. The law of the country says which it is, so there is no default.",
      example: "eu3",
    }),
    power_cdbm: z.int().min(0).max(3150).default(2000).meta({ description: "Power in hundredths of a dBm." }),
    antenna: z.int().min(1).max(4).default(1),
    read_points: readPoints,
  })
  .meta({ title: "thingmagic", description: "ThingMagic and JADAK modules: M6E Nano, M6E, M7E." });
export type ThingmagicConfig = z.infer<typeof ThingmagicConfig>;

/** Modules of ThingMagic in continuous reading. Their times are offsets from its beginning, and are not carried. */
export const thingmagic: StreamDriver<ThingmagicConfig> = {
  name: "thingmagic",
  title: "UHF module, ThingMagic (M6E Nano, M7E)",
  transport: "serial",
  config: ThingmagicConfig,
  openDecoder: config => new FrameDecoder(thingmagicFormat("answer"), new Conversation(config)),
  readPoints: ({ read_points }) => read_points,
};

interface Step {
  readonly opcode: number;
  readonly data: readonly number[];
  /** The next step follows whatever the answer is: a module that does not read cannot stop, one that runs cannot boot. */
  readonly isOptional?: boolean;
}

function stepsOf({ antenna, region, power_cdbm }: ThingmagicConfig): readonly Step[] {
  return [
    { opcode: opcodes.multiProtocol, data: [0, 0, 2], isOptional: true },
    { opcode: opcodes.boot, data: [], isOptional: true },
    { opcode: opcodes.protocol, data: [0, 5] },
    { opcode: opcodes.antenna, data: [antenna, antenna] },
    { opcode: opcodes.region, data: [regions[region]] },
    { opcode: opcodes.power, data: [power_cdbm >> 8, power_cdbm & 0xff] },
    // Without its filter the module tells a tag again and again, not once: that it is still there is what presence needs.
    { opcode: opcodes.configuration, data: [1, 0x0c, 0] },
    // Read Gen2 tags until stopped, second by second, with all that is known of each.
    { opcode: opcodes.multiProtocol, data: [0, 0, 1, 0x22, 0, 0, 5, 7, 0x22, 0x10, 0, 0x1b, 0x03, 0xe8, 0x01, 0xff] },
  ];
}

const ok = 0x0000;
const keepAlive = 0x0400;
const faults: ReadonlyMap<number, string> = new Map([
  [0x0504, "the module is too hot"],
  [0x0505, "too much of its power comes back: look at the antenna and its cable"],
]);

/**
 * The edge's part of the talk: step by step, each when the one before was answered. A step that is refused ends it, until the module was
 * silent for a while.
 *
 * Modes: *talking* (`#step` is what an answer is awaited to) and *done* (there is no such step).
 */
class Conversation implements FrameListener {
  readonly wake: Wake | undefined;
  readonly #config: ThingmagicConfig;
  readonly #steps: readonly Step[];
  #step: number;

  constructor(config: ThingmagicConfig) {
    this.#config = config;
    this.#steps = stepsOf(config);
    this.#step = this.#steps.length;
    this.wake = config.inventory ? { silenceMs: limits.readerSilenceMs, command: () => this.#begin() } : undefined;
  }

  take(frame: Buffer, receivedTimeMs: number, heard: Heard): void {
    const { opcode, status, data } = readThingmagic(frame);
    if (opcode === opcodes.readTags) this.#takeRead(frame, status, data, receivedTimeMs, heard);
    else this.#takeAnswer(opcode, status, heard);
  }

  #takeRead(frame: Buffer, status: number, data: Buffer, receivedTimeMs: number, heard: Heard): void {
    if (status === keepAlive) say(heard, { kind: "heartbeat" });
    else if (status !== ok) this.#takeFault(status, heard);
    else if (data[5] !== tagReport) say(heard, { kind: "ignored", type: "a report of no tag" });
    else this.#takeTag(frame, data, receivedTimeMs, heard);
  }

  #takeTag(frame: Buffer, data: Buffer, receivedTimeMs: number, heard: Heard): void {
    const tag = readTag(data);
    if (tag === undefined) {
      refuseInto(heard, "message.shape", `The parts of a tag's report do not fit its ${data.length} bytes.`, frame);
      return;
    }
    const { epc, rssiDbm, frequencyKHz, antennas } = tag;
    hearTag(heard, frame, epc, {
      deviceId: this.#config.id,
      antenna: antennas === undefined ? undefined : antennas >> 4 || 16,
      rssiDbm,
      frequencyMHz: frequencyKHz === undefined ? undefined : frequencyKHz / 1000,
      readCount: tag.readCount || undefined,
      receivedTimeMs,
    });
  }

  #takeFault(status: number, heard: Heard): void {
    const detail = faults.get(status) ?? "the module reports a fault";
    say(heard, { kind: "trouble", severity: "error", detail: `${detail} (status ${hexByte(status)})` });
  }

  #takeAnswer(opcode: number, status: number, heard: Heard): void {
    const step = this.#steps[this.#step];
    const isAwaited = step !== undefined && step.opcode === opcode;
    say(heard, { kind: "answer", command: hexByte(opcode), ok: status === ok });
    if (!isAwaited) return;
    if (status !== ok && step.isOptional !== true) {
      this.#step = this.#steps.length;
      this.#takeFault(status, heard);
      return;
    }
    this.#step++;
    const next = this.#steps[this.#step];
    if (next !== undefined) tell(heard, writeThingmagic(next.opcode, next.data));
  }

  #begin(): Uint8Array {
    this.#step = 0;
    const first = this.#steps[0];
    return first === undefined ? new Uint8Array() : writeThingmagic(first.opcode, first.data);
  }
}
