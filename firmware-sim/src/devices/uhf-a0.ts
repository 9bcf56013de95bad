import { z } from "zod";
import { sum8, word } from "./checks.ts";
import { deviceKind } from "./device.ts";
import { protocolControlHex } from "./gen2.ts";
import { openSerialGate, type SerialDialect, serialGateFields } from "./serial-gate.ts";

const UhfA0Settings = z
  .strictObject({
    ...serialGateFields(115_200),
    driver: z.literal("uhf-a0"),
    address: z.int().min(0).max(254).default(1),
  })
  .meta({ title: "uhf-a0", description: "UHF reader of Invelion, Rodinbell or the IND903 family on a serial port." });

/** A UHF reader that writes `A0` frames (UHF RFID Reader Serial Interface Protocol V3.x). */
export const uhfA0 = deviceKind({
  driver: "uhf-a0",
  title: "UHF reader, A0",
  config: UhfA0Settings,
  open: (settings, context) => openSerialGate(settings, context, a0Dialect(settings.address)),
});

const channels = 60;

export function a0Dialect(address: number): SerialDialect {
  const frame = (command: number, data: readonly number[]) => {
    const said = Buffer.from([0xa0, data.length + 3, address, command, ...data]);
    return Buffer.from([...said, -sum8(said) & 0xff]);
  };
  return {
    command(bytes) {
      if (bytes[0] !== 0xa0) return 0;
      if (bytes.length < 2) return undefined;
      const size = (bytes[1] ?? 0) + 2;
      if (size < 5) return 0;
      if (bytes.length < size) return undefined;
      const isRight = sum8(bytes.subarray(0, size)) === 0 && [address, 0xff].includes(bytes[2] ?? 0);
      return isRight ? { bytes: size, code: bytes[3] ?? 0, data: Buffer.from(bytes.subarray(4, size - 1)) } : 0;
    },
    answer({ code, data }) {
      if (code === 0x74) return { say: [frame(0x74, [(data[0] ?? 9) < 4 ? 0x10 : 0x41])] };
      if (code === 0x89) return { say: [], work: "round" };
      return { say: [frame(code, [0x11])] };
    },
    tag({ epcHex, antenna, peakRssiDbm }, random) {
      const first = (random.whole([0, channels - 1]) << 2) | ((antenna - 1) & 3);
      const strength = Math.min(0x7f, Math.max(0, Math.round(peakRssiDbm) + 129));
      return frame(0x89, [first, ...Buffer.from(protocolControlHex(epcHex) + epcHex, "hex"), strength]);
    },
    roundEnd: tags => frame(0x89, [0, ...word(tags), ...word(tags >> 16), ...word(tags)]),
  };
}
