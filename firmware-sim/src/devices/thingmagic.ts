import { z } from "zod";
import { crc16Nibbles, word } from "./checks.ts";
import { deviceKind } from "./device.ts";
import { epcCrcHex, protocolControlHex } from "./gen2.ts";
import { openSerialGate, type SerialDialect, serialGateFields } from "./serial-gate.ts";

const ThingmagicSettings = z
  .strictObject({ ...serialGateFields(115_200), driver: z.literal("thingmagic") })
  .meta({ title: "thingmagic", description: "ThingMagic M6E Nano on a serial port." });

/** A ThingMagic module, as SparkFun's library for the M6E Nano talks to it. */
export const thingmagic = deviceKind({
  driver: "thingmagic",
  title: "UHF module, ThingMagic",
  config: ThingmagicSettings,
  open: (settings, context) => openSerialGate(settings, context, thingmagicDialect()),
});

/** The lowest channel and the step of the European band, kHz (EN 302 208). */
const channelsKHz = [865_700, 866_300, 866_900, 867_500] as const;
const ok = 0;
const unknownCommand = 0x0101;
const keepAlive = 0x0400;

export function thingmagicDialect(): SerialDialect {
  const beginMs = performance.now();
  const frame = (opcode: number, status: number, data: readonly number[]) => {
    const said = Buffer.from([data.length, opcode, ...word(status), ...data]);
    return Buffer.from([0xff, ...said, ...word(crc16Nibbles(said))]);
  };
  return {
    command(bytes) {
      if (bytes[0] !== 0xff) return 0;
      if (bytes.length < 5) return undefined;
      const size = (bytes[1] ?? 0) + 5;
      if (bytes.length < size) return undefined;
      const isRight = crc16Nibbles(bytes.subarray(1, size - 2)) === bytes.readUInt16BE(size - 2);
      return isRight ? { bytes: size, code: bytes[2] ?? 0, data: Buffer.from(bytes.subarray(3, size - 2)) } : 0;
    },
    answer({ code, data }) {
      if (code === 0x2f) return { say: [frame(code, ok, [])], work: data[2] === 1 ? "reading" : "stopped" };
      // It runs already: there is nothing to boot.
      const isKnown = [0x91, 0x92, 0x93, 0x97, 0x9a].includes(code);
      return { say: [frame(code, isKnown ? ok : unknownCommand, [])] };
    },
    tag({ epcHex, antenna, peakRssiDbm, reads }, random) {
      const kHz = random.pick(channelsKHz) ?? channelsKHz[0];
      const sinceMs = Math.floor(performance.now() - beginMs);
      const bits = epcHex.length * 4 + 32;
      const epc = Buffer.from(protocolControlHex(epcHex) + epcHex + epcCrcHex(epcHex), "hex");
      const where = [Math.round(peakRssiDbm) & 0xff, (antenna << 4) | antenna, kHz >> 16, ...word(kHz)];
      const when = [...word(sinceMs >> 16), ...word(sinceMs)];
      const rest = [...word(random.whole([0, 180])), 5, 0, 0, 0x0f, ...word(bits), ...epc];
      return frame(0x22, ok, [0x10, 0, 0x1b, 1, 0xff, 1, Math.min(255, reads), ...where, ...when, ...rest]);
    },
    noTag: () => frame(0x22, keepAlive, []),
  };
}
