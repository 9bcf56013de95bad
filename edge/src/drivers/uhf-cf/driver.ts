import type { DeviceId } from "@tallygate/protocol";
import { z } from "zod";
import { readPoints } from "../config-parts.ts";
import { refuseInto, type StreamDriver } from "../driver.ts";
import { inventory } from "../frames/config.ts";
import { FrameDecoder, type FrameListener, type Heard } from "../frames/decoder.ts";
import { hearTag, hexByte, say } from "../frames/hear.ts";
import { limits } from "../frames/limits.ts";
import { serialFields } from "../serial-parts.ts";
import { cfFormat, commands, readCf, writeCf } from "./frame.ts";

export const UhfCfConfig = z
  .strictObject({
    ...serialFields({ baud: 115_200 }),
    driver: z.literal("uhf-cf"),
    address: z.int().min(0).max(255).default(255).meta({ description: "The reader's address. 255: any." }),
    inventory,
    read_points: readPoints,
  })
  .meta({ title: "uhf-cf", description: "UHF readers of Chafon: CF-H, CF66x and their kind." });
export type UhfCfConfig = z.infer<typeof UhfCfConfig>;

/** UHF readers that write `CF` frames. The speed is set in the device: there is no usual one. */
export const uhfCf: StreamDriver<UhfCfConfig> = {
  name: "uhf-cf",
  title: "UHF reader, CF (Chafon)",
  transport: "serial",
  config: UhfCfConfig,
  openDecoder: config => new FrameDecoder(cfFormat, listenerOf(config)),
  readPoints: ({ read_points }) => read_points,
};

function listenerOf({ id, address, inventory: isTold }: UhfCfConfig): FrameListener {
  // By time, and no time at all: until it is stopped.
  const start = writeCf(address, commands.inventory, [0, 0, 0, 0, 0]);
  return {
    take: (frame, receivedTimeMs, heard) => takeFrame(id, frame, receivedTimeMs, heard),
    ...(isTold ? { wake: { silenceMs: limits.readerSilenceMs, command: () => start } } : {}),
  };
}

const ok = 0x00;
const roundEnded = 0x12;
/** Status, strength (2), antenna, channel, length of the EPC. */
const tagHeadBytes = 6;

function takeFrame(deviceId: DeviceId, frame: Buffer, receivedTimeMs: number, heard: Heard): void {
  const { command, data } = readCf(frame);
  const status = data[0];
  const name = hexByte(command);
  if (status === undefined) say(heard, { kind: "ignored", type: `a command that came back, ${name}` });
  else if (command !== commands.inventory) say(heard, { kind: "answer", command: name, ok: status === ok });
  else if (status === roundEnded) say(heard, { kind: "inventory", state: "round ended" });
  else if (status !== ok) {
    say(heard, { kind: "trouble", severity: "warning", detail: `the reader reports status ${hexByte(status)}` });
  } else if (data.length === 1) say(heard, { kind: "answer", command: name, ok: true });
  else takeTag(deviceId, frame, data, receivedTimeMs, heard);
}

function takeTag(deviceId: DeviceId, frame: Buffer, data: Buffer, receivedTimeMs: number, heard: Heard): void {
  const epcBytes = data[tagHeadBytes - 1];
  if (epcBytes === undefined || epcBytes !== data.length - tagHeadBytes) {
    const detail = `A tag's report of ${data.length} bytes says an EPC of ${epcBytes ?? "no"} bytes.`;
    refuseInto(heard, "message.shape", detail, frame);
    return;
  }
  const antenna = data[3] === 0 ? undefined : data[3];
  const rssiDbm = data.readInt16BE(1) / 10;
  hearTag(heard, frame, data.subarray(tagHeadBytes), { deviceId, antenna, rssiDbm, receivedTimeMs });
}
