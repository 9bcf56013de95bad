import { z } from "zod";
import { missingFaults, readPoints } from "../config-parts.ts";
import { refuseInto, type StreamDriver, type Wake } from "../driver.ts";
import { antennaTurns, inventory } from "../frames/config.ts";
import { FrameDecoder, type FrameListener, type Heard } from "../frames/decoder.ts";
import { hearTag, hexByte, say, tell } from "../frames/hear.ts";
import { limits } from "../frames/limits.ts";
import { serialFields } from "../serial-parts.ts";
import { commands, reader18Format, readReader18, writeReader18 } from "./frame.ts";

export const UhfReader18Config = z
  .strictObject({
    ...serialFields({ baud: 57_600 }),
    driver: z.literal("uhf-reader18"),
    address: z.int().min(0).max(255).default(0).meta({ description: "The reader's address. 255: any." }),
    inventory,
    antennas: antennaTurns(8),
    q: z.int().min(0).max(15).default(4).meta({ description: "Gen2 Q: about 2 to the power of it tags at a time." }),
    session: z.int().min(0).max(3).default(0).meta({ description: "Gen2 session." }),
    scan_ms: z
      .int()
      .min(100)
      .max(1500)
      .multipleOf(100)
      .default(500)
      .meta({ description: "How long one antenna listens before the next one's turn." }),
    read_points: readPoints,
  })
  .meta({
    title: "uhf-reader18",
    description: "UHF readers of the Reader18 family: UHFEx10, boards with Impinj E310.",
  });
export type UhfReader18Config = z.infer<typeof UhfReader18Config>;

/** UHF readers of the Reader18 family. Their strength byte is given as it is: no maker says what it counts. */
export const uhfReader18: StreamDriver<UhfReader18Config> = {
  name: "uhf-reader18",
  title: "UHF reader, Reader18 (UHFEx10, Impinj E310)",
  transport: "serial",
  config: UhfReader18Config,
  openDecoder: config => new FrameDecoder(reader18Format, new Conversation(config)),
  readPoints: ({ read_points }) => read_points,
  faults: ({ read_points }) =>
    missingFaults(read_points, { antenna: true, rssi: false, because: "its strength is in no known unit" }),
};

/** Status of an inventory's answer: all told, out of time, more to come, memory full; and no tag. */
const told = new Set([0x01, 0x02, 0x03, 0x04]);
const ended = new Set([0x01, 0x02, 0xfb]);
const statistics = 0x26;
const antennaFault = 0xf8;

/** The edge's part of the talk: one inventory of one antenna, and when that has ended, the next antenna's. */
class Conversation implements FrameListener {
  readonly wake: Wake | undefined;
  readonly #config: UhfReader18Config;
  #turn = 0;

  constructor(config: UhfReader18Config) {
    this.#config = config;
    this.wake = config.inventory ? { silenceMs: limits.readerSilenceMs, command: () => this.#start() } : undefined;
  }

  take(frame: Buffer, receivedTimeMs: number, heard: Heard): void {
    const { command, status, data } = readReader18(frame);
    if (status === undefined) say(heard, { kind: "ignored", type: `a command that came back, ${hexByte(command)}` });
    else if (command !== commands.inventory)
      say(heard, { kind: "answer", command: hexByte(command), ok: status === 0 });
    else this.#takeInventory(frame, status, data, receivedTimeMs, heard);
  }

  #takeInventory(frame: Buffer, status: number, data: Buffer, receivedTimeMs: number, heard: Heard): void {
    if (told.has(status)) this.#takeTags(frame, data, receivedTimeMs, heard);
    else if (status === statistics) say(heard, { kind: "ignored", type: "statistics" });
    else if (!ended.has(status)) this.#takeFault(status, heard);
    if (!ended.has(status)) return;
    say(heard, { kind: "inventory", state: "round ended" });
    this.#turn++;
    if (this.#config.inventory) tell(heard, this.#start());
  }

  /** Antenna, number of tags, and for each: length of its EPC, EPC, strength. */
  #takeTags(frame: Buffer, data: Buffer, receivedTimeMs: number, heard: Heard): void {
    const { id: deviceId } = this.#config;
    const antenna = antennaOf(data[0] ?? 0);
    const count = data[1] ?? 0;
    let at = 2;
    let tags = 0;
    for (; tags < count; tags++) {
      const to = at + 1 + (data[at] ?? data.length);
      if (to >= data.length) break;
      const rssiRaw = data[to];
      hearTag(heard, frame, data.subarray(at + 1, to), { deviceId, antenna, rssiRaw, receivedTimeMs });
      at = to + 1;
    }
    if ((at === data.length && tags === count) || data.length === 0) return;
    refuseInto(heard, "message.shape", `A report of ${count} tags has ${data.length} bytes, which do not fit.`, frame);
  }

  /** The next command waits for the silence: a reader without its antenna would be asked as fast as it can refuse. */
  #takeFault(status: number, heard: Heard): void {
    this.#turn++;
    const detail = status === antennaFault ? "an antenna is not connected" : "the reader reports an error";
    say(heard, { kind: "trouble", severity: "error", detail: `${detail} (${hexByte(status)})` });
  }

  /** Q, session, target A, antenna, time in tenths of a second. */
  #start(): Uint8Array {
    const { address, antennas, q, session, scan_ms } = this.#config;
    const antenna = 0x80 + (antennas[this.#turn % antennas.length] ?? 1) - 1;
    return writeReader18(address, commands.inventory, [q, session, 0, antenna, scan_ms / 100]);
  }
}

/** A bit for each antenna. More than one bit tells of no antenna which heard it. */
function antennaOf(bits: number): number | undefined {
  return bits !== 0 && (bits & (bits - 1)) === 0 ? Math.log2(bits) + 1 : undefined;
}
