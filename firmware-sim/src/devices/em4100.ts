import { hash } from "node:crypto";
import { sleep } from "@tallygate/kit";
import { z } from "zod";
import { createRandom } from "../random.ts";
import type { Scan } from "../world/events.ts";
import { type DeviceContext, deviceFields, deviceKind, rangeOf } from "./device.ts";
import { lineFields, through } from "./line.ts";
import { OneByOne, type Said } from "./one-by-one.ts";
import { ScannerPort } from "./scanner-port.ts";

const Em4100Settings = z
  .strictObject({
    ...deviceFields,
    driver: z.literal("em4100"),
    port: z.string().min(1).max(1024).meta({ description: "Path of the serial port; it may come later." }),
    baud: z.int().min(300).max(921_600).default(9600),
    check: z.enum(["xor", "sum"]).default("xor"),
    labels: z.tuple([z.literal("ean-13")]).default(["ean-13"]),
    every_ms: rangeOf(0, 86_400_000, [2_000, 6_000]).meta({ description: "From one card to the next." }),
    scans: z.int().min(0).optional().meta({ description: "How many cards at most." }),
    field_ms: rangeOf(1, 600_000, [200, 800]).meta({
      description: "How long a card stays in the field, on the clock.",
    }),
    repeat_ms: z.int().min(1).max(10_000).default(65).meta({ description: "How often a card in the field is told." }),
    ...lineFields,
  })
  .meta({ title: "em4100", description: "125 kHz card reader on a serial port, as an RDM6300." });
type Em4100Settings = z.infer<typeof Em4100Settings>;

/** A card reader: each item has a card of its own, which is held to the reader when a piece of it moves. */
export const em4100 = deviceKind({
  driver: "em4100",
  title: "125 kHz card reader, serial",
  config: Em4100Settings,
  open: openEm4100,
});

function openEm4100(settings: Em4100Settings, { site, log }: DeviceContext): OneByOne {
  const { id, port: path, baud: baudRate, check, field_ms, repeat_ms, line } = settings;
  const random = createRandom(`${site}/${id}/card`);
  const port = new ScannerPort({ path, baudRate, log });

  /** The card is told again and again while it is there, and until it was told rightly once. */
  async function hold(scan: Scan, signal: AbortSignal): Promise<Said> {
    const frame = cardFrame(cardOf(scan.item.gtin), check);
    const repeats = Math.max(1, Math.round(random.whole(field_ms) / repeat_ms));
    let times = 0;
    for (let told = false; (times < repeats || !told) && !signal.aborted; times++) {
      if (times > 0) await sleep(repeat_ms, signal);
      const { bytes, isWhole } = through(frame, line, random);
      told = ((await port.write(bytes, signal)) && isWhole) || told;
    }
    return { times, result: "ok" };
  }

  return new OneByOne({
    id,
    site,
    act: hold,
    textOf: ({ item }) => cardOf(item.gtin),
    close: () => port[Symbol.asyncDispose](),
  });
}

/** The number of an item's card: ten hexadecimal digits. */
export function cardOf(gtin: string): string {
  return hash("sha256", `card/${gtin}`).slice(0, 10).toUpperCase();
}

/** STX, the digits, two digits of their check, ETX (RDM6300 data sheet). */
export function cardFrame(card: string, check: "xor" | "sum"): Buffer {
  const bytes = Buffer.from(card, "hex");
  const value = bytes.reduce((before, byte) => (check === "xor" ? before ^ byte : (before + byte) & 0xff), 0);
  return Buffer.from(`\x02${card}${value.toString(16).toUpperCase().padStart(2, "0")}\x03`, "latin1");
}
