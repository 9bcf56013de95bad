import { z } from "zod";
import type { StreamDriver } from "../driver.ts";
import { FrameDecoder } from "../frames/decoder.ts";
import { refineScanPoint, scanPointFields, scanPointOf, serialFields } from "../serial-parts.ts";
import { Conversation } from "./conversation.ts";
import { ssiFormat } from "./frame.ts";

export const ZebraSsiConfig = z
  .strictObject({
    ...serialFields({ baud: 9600 }),
    driver: z.literal("zebra-ssi"),
    encoding: z.enum(["utf-8", "latin1"]).default("utf-8"),
    ...scanPointFields,
  })
  .superRefine(refineScanPoint)
  .meta({ title: "zebra-ssi", description: "Zebra scanners in packet mode (Simple Serial Interface)." });
export type ZebraSsiConfig = z.infer<typeof ZebraSsiConfig>;

/** Zebra scanners that send packets and keep each until they are told that it came. They are told so after the commit. */
export const zebraSsi: StreamDriver<ZebraSsiConfig> = {
  name: "zebra-ssi",
  title: "Zebra scanner, SSI packets",
  transport: "serial",
  config: ZebraSsiConfig,
  openDecoder: ({ id, encoding }) => new FrameDecoder(ssiFormat, new Conversation({ deviceId: id, encoding })),
  readPoints: config => [scanPointOf(config)],
};
