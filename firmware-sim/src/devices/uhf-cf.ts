import { z } from "zod";
import { crc16Reflected, word } from "./checks.ts";
import { deviceKind } from "./device.ts";
import { openSerialGate, type SerialDialect, serialGateFields } from "./serial-gate.ts";

const UhfCfSettings = z
  .strictObject({
    ...serialGateFields(115_200),
    driver: z.literal("uhf-cf"),
    address: z.int().min(0).max(254).default(0),
  })
  .meta({ title: "uhf-cf", description: "UHF reader of Chafon on a serial port." });

/** A UHF reader that writes `CF` frames (Chafon UHF Prime Reader user manual). */
export const uhfCf = deviceKind({
  driver: "uhf-cf",
  title: "UHF reader, CF",
  config: UhfCfSettings,
  open: (settings, context) => openSerialGate(settings, context, cfDialect(settings.address)),
});

export function cfDialect(address: number): SerialDialect {
  const frame = (command: number, data: readonly number[]) => {
    const said = Buffer.from([0xcf, address, ...word(command), data.length, ...data]);
    return Buffer.from([...said, ...word(crc16Reflected(said))]);
  };
  return {
    command(bytes) {
      if (bytes[0] !== 0xcf) return 0;
      if (bytes.length < 7) return undefined;
      const size = (bytes[4] ?? 0) + 7;
      if (bytes.length < size) return undefined;
      const isMine = [address, 0xff].includes(bytes[1] ?? 0);
      const isRight = crc16Reflected(bytes.subarray(0, size - 2)) === bytes.readUInt16BE(size - 2);
      if (!isMine || !isRight) return 0;
      return { bytes: size, code: bytes.readUInt16BE(2), data: Buffer.from(bytes.subarray(5, size - 2)) };
    },
    answer({ code }) {
      if (code === 1) return { say: [], work: "reading" };
      if (code === 2) return { say: [frame(2, [0])], work: "stopped" };
      return { say: [frame(code, [0])] };
    },
    tag({ epcHex, antenna, peakRssiDbm }) {
      const epc = Buffer.from(epcHex, "hex");
      return frame(1, [0, ...word(Math.round(peakRssiDbm * 10)), antenna, 0, epc.length, ...epc]);
    },
    noTag: () => frame(1, [0x12]),
  };
}
