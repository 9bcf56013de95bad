import { z } from "zod";
import { missingFaults, readPoints } from "../config-parts.ts";
import { refuseInto, type StreamDriver, type Wake } from "../driver.ts";
import { antennaTurns, inventory } from "../frames/config.ts";
import { FrameDecoder, type FrameListener, type Heard } from "../frames/decoder.ts";
import { epcBytesOf, hearTag, hexByte, say, tell } from "../frames/hear.ts";
import { limits } from "../frames/limits.ts";
import { serialFields } from "../serial-parts.ts";
import { a0Format, commands, readA0, writeA0 } from "./frame.ts";

export const UhfA0Config = z
  .strictObject({
    ...serialFields({ baud: 115_200 }),
    driver: z.literal("uhf-a0"),
    address: z.int().min(0).max(255).default(1).meta({ description: "The reader's address. 255: any." }),
    inventory,
    antennas: antennaTurns(4),
    repeat: z
      .int()
      .min(1)
      .max(255)
      .default(1)
      .meta({ description: "Rounds of an antenna before the next one's turn." }),
    read_points: readPoints,
  })
  .meta({ title: "uhf-a0", description: "UHF readers of Invelion, Rodinbell and the IND903 family." });
export type UhfA0Config = z.infer<typeof UhfA0Config>;

/** UHF readers that write `A0` frames. Their strength byte is given as it is: no maker says what it counts. */
export const uhfA0: StreamDriver<UhfA0Config> = {
  name: "uhf-a0",
  title: "UHF reader, A0 (Invelion, Rodinbell, IND903)",
  transport: "serial",
  config: UhfA0Config,
  openDecoder: config => new FrameDecoder(a0Format, new Conversation(config)),
  readPoints: ({ read_points }) => read_points,
  faults: ({ read_points }) =>
    missingFaults(read_points, { antenna: true, rssi: false, because: "its strength is in no known unit" }),
};

/** Answers of one byte from here on are error codes; smaller ones are a command that came back. */
const success = 0x10;
const endBytes = 7;
const errors: ReadonlyMap<number, string> = new Map([
  [0x11, "the command failed"],
  [0x22, "no antenna is connected"],
]);

/** The edge's part of the talk: choose an antenna, and when the reader has, one inventory, and when that has ended, the next antenna. */
class Conversation implements FrameListener {
  readonly wake: Wake | undefined;
  readonly #config: UhfA0Config;
  #turn = 0;

  constructor(config: UhfA0Config) {
    this.#config = config;
    this.wake = config.inventory
      ? { silenceMs: limits.readerSilenceMs, command: () => this.#chooseAntenna() }
      : undefined;
  }

  take(frame: Buffer, receivedTimeMs: number, heard: Heard): void {
    const { command, data } = readA0(frame);
    if (command === commands.inventory) this.#takeInventory(frame, data, receivedTimeMs, heard);
    else if (command === commands.setAntenna && data.length === 1) this.#takeChosen(data[0] ?? 0, heard);
    else say(heard, { kind: "ignored", type: `frame ${hexByte(command)}` });
  }

  #takeInventory(frame: Buffer, data: Buffer, receivedTimeMs: number, heard: Heard): void {
    if (data.length === 1) this.#takeError(data[0] ?? 0, heard);
    else if (data.length === endBytes) this.#takeEnd(heard);
    else if (data.length > 4) this.#takeTag(frame, data, receivedTimeMs, heard);
    else refuseInto(heard, "message.shape", `An inventory's answer has ${data.length} bytes.`, frame);
  }

  /** Channel and antenna, protocol control, EPC, strength. */
  #takeTag(frame: Buffer, data: Buffer, receivedTimeMs: number, heard: Heard): void {
    const epc = data.subarray(3, -1);
    const bytes = epcBytesOf(data.readUInt16BE(1));
    if (bytes !== epc.length) {
      const detail = `The tag's control word says an EPC of ${bytes} bytes, and there are ${epc.length}.`;
      refuseInto(heard, "reading.epc", detail, frame);
      return;
    }
    const antenna = ((data[0] ?? 0) & 3) + 1;
    hearTag(heard, frame, epc, { deviceId: this.#config.id, antenna, rssiRaw: data.at(-1), receivedTimeMs });
  }

  #takeEnd(heard: Heard): void {
    say(heard, { kind: "inventory", state: "round ended" });
    this.#turn++;
    if (this.#config.inventory) tell(heard, this.#chooseAntenna());
  }

  /** The next command waits for the silence: a reader without its antenna would be asked as fast as it can refuse. */
  #takeError(code: number, heard: Heard): void {
    if (code < success) {
      say(heard, { kind: "ignored", type: "a command that came back" });
      return;
    }
    this.#turn++;
    const detail = `${errors.get(code) ?? "the reader reports an error"} (${hexByte(code)})`;
    say(heard, { kind: "trouble", severity: "error", detail });
  }

  #takeChosen(code: number, heard: Heard): void {
    if (code < success) {
      say(heard, { kind: "ignored", type: "a command that came back" });
      return;
    }
    const ok = code === success;
    say(heard, { kind: "answer", command: hexByte(commands.setAntenna), ok });
    const { address, inventory: isTold, repeat } = this.#config;
    if (ok && isTold) tell(heard, writeA0(address, commands.inventory, [repeat]));
  }

  #chooseAntenna(): Uint8Array {
    const { address, antennas } = this.#config;
    return writeA0(address, commands.setAntenna, [(antennas[this.#turn % antennas.length] ?? 1) - 1]);
  }
}
