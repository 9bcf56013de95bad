import type { DeviceId } from "@tallygate/protocol";
import { z } from "zod";
import { missingFaults, readPoints } from "../config-parts.ts";
import { refuseInto, type StreamDriver } from "../driver.ts";
import { crc16Gen2 } from "../frames/checks.ts";
import { inventory } from "../frames/config.ts";
import { FrameDecoder, type FrameListener, type Heard } from "../frames/decoder.ts";
import { epcBytesOf, hearTag, hexByte, say } from "../frames/hear.ts";
import { limits } from "../frames/limits.ts";
import { serialFields } from "../serial-parts.ts";
import { bbFormat, commands, readBb, types, writeBb } from "./frame.ts";

export const UhfBbConfig = z
  .strictObject({
    ...serialFields({ baud: 115_200 }),
    driver: z.literal("uhf-bb"),
    frames: z.enum(["bb7e", "aadd"]).default("bb7e").meta({
      description: "How frames are marked. bb7e: BB … 7E, as most modules do. aadd: AA … DD.",
    }),
    inventory,
    rounds: z.int().min(1).max(65_535).default(65_535).meta({
      description: "Rounds that the module is told to make at a time; when it falls silent it is told again.",
    }),
    read_points: readPoints,
  })
  .meta({ title: "uhf-bb", description: "UHF modules YRM100, M100, JRD-4035, R200 and their kind." });
export type UhfBbConfig = z.infer<typeof UhfBbConfig>;

/** UHF modules of the MagicRF M100 family. One antenna, which they do not name. */
export const uhfBb: StreamDriver<UhfBbConfig> = {
  name: "uhf-bb",
  title: "UHF module, BB … 7E (YRM100, M100, JRD-4035, R200)",
  transport: "serial",
  config: UhfBbConfig,
  openDecoder: config => new FrameDecoder(bbFormat(config.frames), listenerOf(config)),
  readPoints: ({ read_points }) => read_points,
  faults: ({ read_points }) =>
    missingFaults(read_points, { antenna: false, rssi: true, because: "it has one antenna without a number" }),
};

function listenerOf({ id, frames, inventory: isTold, rounds }: UhfBbConfig): FrameListener {
  const start = writeBb(frames, types.command, commands.inventoryMany, [0x22, rounds >> 8, rounds & 0xff]);
  return {
    take: (frame, receivedTimeMs, heard) => takeFrame(id, frame, receivedTimeMs, heard),
    ...(isTold ? { wake: { silenceMs: limits.readerSilenceMs, command: () => start } } : {}),
  };
}

function takeFrame(deviceId: DeviceId, frame: Buffer, receivedTimeMs: number, heard: Heard): void {
  const { type, command, data } = readBb(frame);
  if (type === types.notification && command === commands.inventory) {
    takeTag(deviceId, frame, data, receivedTimeMs, heard);
  } else if (type === types.response && command === commands.error) takeError(data, heard);
  else if (type === types.response) say(heard, { kind: "answer", command: hexByte(command), ok: data[0] === 0 });
  else say(heard, { kind: "ignored", type: `frame ${hexByte(type)} ${hexByte(command)}` });
}

/** Signal strength (signed, dBm), protocol control, EPC, CRC-16 of both as the tag sent it. */
function takeTag(deviceId: DeviceId, frame: Buffer, data: Buffer, receivedTimeMs: number, heard: Heard): void {
  if (data.length < 5) {
    refuseInto(heard, "message.shape", `A tag's report has ${data.length} bytes; it must have 5 and the EPC.`, frame);
    return;
  }
  const crcAt = data.length - 2;
  const epc = data.subarray(3, crcAt);
  const bytes = epcBytesOf(data.readUInt16BE(1));
  if (bytes !== epc.length) {
    const detail = `The tag's control word says an EPC of ${bytes} bytes, and there are ${epc.length}.`;
    refuseInto(heard, "reading.epc", detail, frame);
  } else if (crc16Gen2(data, 1, crcAt) !== data.readUInt16BE(crcAt)) {
    refuseInto(heard, "message.shape", "The tag's own CRC-16 does not fit its EPC: it was misheard.", frame);
  } else {
    hearTag(heard, frame, epc, { deviceId, rssiDbm: data.readInt8(0), receivedTimeMs });
  }
}

/** Error codes of the M100's manual that concern an inventory. The first is no error: there was no tag in that round. */
const noTag = 0x15;
const errors: ReadonlyMap<number, string> = new Map([
  [0x17, "the module does not know the command"],
  [0x20, "the module finds no free channel"],
]);

function takeError(data: Buffer, heard: Heard): void {
  const code = data[0] ?? 0;
  if (code === noTag) {
    say(heard, { kind: "inventory", state: "no tag" });
    return;
  }
  const detail = errors.get(code) ?? "the module reports an error";
  say(heard, { kind: "trouble", severity: "warning", detail: `${detail} (${hexByte(code)})` });
}
