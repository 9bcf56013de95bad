import { z } from "zod";
import { sum8, word } from "./checks.ts";
import { deviceKind } from "./device.ts";
import { epcCrcHex, protocolControlHex } from "./gen2.ts";
import { openSerialGate, type SerialDialect, serialGateFields } from "./serial-gate.ts";

const UhfBbSettings = z
  .strictObject({
    ...serialGateFields(115_200),
    driver: z.literal("uhf-bb"),
    frames: z.enum(["bb7e", "aadd"]).default("bb7e").meta({ description: "BB … 7E, or AA … DD." }),
  })
  .meta({ title: "uhf-bb", description: "UHF module YRM100, M100, JRD-4035 or R200 on a serial port." });

/** A UHF module of the MagicRF M100 family (M100 firmware manual). */
export const uhfBb = deviceKind({
  driver: "uhf-bb",
  title: "UHF module, BB … 7E",
  config: UhfBbSettings,
  open: (settings, context) => openSerialGate(settings, context, bbDialect(settings.frames)),
});

export function bbDialect(frames: "bb7e" | "aadd"): SerialDialect {
  const [start, end] = frames === "bb7e" ? [0xbb, 0x7e] : [0xaa, 0xdd];
  const frame = (type: number, command: number, data: readonly number[]) => {
    const inner = Buffer.from([type, command, ...word(data.length), ...data]);
    return Buffer.from([start, ...inner, sum8(inner), end]);
  };
  return {
    command(bytes) {
      if (bytes[0] !== start) return 0;
      if (bytes.length < 7) return undefined;
      const size = bytes.readUInt16BE(3) + 7;
      if (size > 64) return 0;
      if (bytes.length < size) return undefined;
      const isRight = bytes[size - 1] === end && sum8(bytes.subarray(1, size - 2)) === bytes[size - 2];
      return isRight ? { bytes: size, code: bytes[2] ?? 0, data: Buffer.from(bytes.subarray(5, size - 2)) } : 0;
    },
    answer({ code }) {
      if (code === 0x27) return { say: [], work: "reading" };
      if (code === 0x28) return { say: [frame(1, 0x28, [0])], work: "stopped" };
      if (code === 0xb6) return { say: [frame(1, 0xb6, [0])] };
      if (code === 0x03) return { say: [frame(1, 3, [0, ...Buffer.from("M100 26dBm V1.0")])] };
      return { say: [frame(1, 0xff, [0x17])] };
    },
    tag({ epcHex, peakRssiDbm }) {
      const rssi = Math.round(peakRssiDbm) & 0xff;
      return frame(2, 0x22, [rssi, ...Buffer.from(protocolControlHex(epcHex) + epcHex + epcCrcHex(epcHex), "hex")]);
    },
    noTag: () => frame(1, 0xff, [0x15]),
  };
}
