import { z } from "zod";
import { crc16Reflected } from "./checks.ts";
import { deviceKind } from "./device.ts";
import { openSerialGate, type SerialDialect, serialGateFields } from "./serial-gate.ts";

const UhfReader18Settings = z
  .strictObject({
    ...serialGateFields(57_600),
    driver: z.literal("uhf-reader18"),
    address: z.int().min(0).max(254).default(0),
  })
  .meta({ title: "uhf-reader18", description: "UHF reader of the Reader18 family on a serial port." });

/** A UHF reader of the Reader18 family (UHF RFID Reader UR-SERIES user manual v1.14). */
export const uhfReader18 = deviceKind({
  driver: "uhf-reader18",
  title: "UHF reader, Reader18",
  config: UhfReader18Settings,
  open: (settings, context) => openSerialGate(settings, context, reader18Dialect(settings.address)),
});

export function reader18Dialect(address: number): SerialDialect {
  const frame = (command: number, status: number, data: readonly number[]) => {
    const said = Buffer.from([data.length + 5, address, command, status, ...data]);
    const crc = crc16Reflected(said);
    return Buffer.from([...said, crc & 0xff, crc >> 8]);
  };
  return {
    command(bytes) {
      const size = (bytes[0] ?? 0) + 1;
      if (size < 5 || size > 64) return 0;
      if (bytes.length < size) return undefined;
      const isMine = [address, 0xff].includes(bytes[1] ?? 0);
      const isRight = crc16Reflected(bytes.subarray(0, size - 2)) === bytes.readUInt16LE(size - 2);
      if (!isMine || !isRight) return 0;
      return { bytes: size, code: bytes[2] ?? 0, data: Buffer.from(bytes.subarray(3, size - 2)) };
    },
    answer: ({ code }) => (code === 1 ? { say: [], work: "round" } : { say: [frame(code, 0xfe, [])] }),
    tag({ epcHex, antenna, peakRssiDbm }) {
      const epc = Buffer.from(epcHex, "hex");
      const strength = Math.min(0xff, Math.max(0, Math.round(peakRssiDbm) + 150));
      return frame(1, 3, [1 << (antenna - 1), 1, epc.length, ...epc, strength]);
    },
    roundEnd: tags => (tags === 0 ? frame(1, 0xfb, []) : frame(1, 1, [])),
  };
}
