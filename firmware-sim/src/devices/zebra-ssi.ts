import { EventEmitter, once } from "node:events";
import { sleep } from "@tallygate/kit";
import { z } from "zod";
import { createRandom } from "../random.ts";
import { labels, type Scan } from "../world/events.ts";
import { word } from "./checks.ts";
import { type DeviceContext, deviceFields, deviceKind, rangeOf } from "./device.ts";
import { lineFields, through } from "./line.ts";
import { OneByOne, type Said } from "./one-by-one.ts";
import { ScannerPort } from "./scanner-port.ts";
import { scanText } from "./serial-scanner.ts";

const ZebraSsiSettings = z
  .strictObject({
    ...deviceFields,
    driver: z.literal("zebra-ssi"),
    port: z.string().min(1).max(1024).meta({ description: "Path of the serial port; it may come later." }),
    baud: z.int().min(300).max(921_600).default(9600),
    labels: z.array(z.enum(labels)).min(1).max(labels.length).default(["ean-13", "gs1-128"]),
    every_ms: rangeOf(0, 86_400_000, [2_000, 6_000]).meta({ description: "From one scan to the next." }),
    scans: z.int().min(0).optional().meta({ description: "How many scans at most; absent: as long as pallets come." }),
    answer_timeout_ms: z.int().min(10).max(9900).default(2000).meta({ description: "After so long it is sent again." }),
    tries_max: z.int().min(1).max(100).default(10).meta({ description: "After so many sendings a scan is doubtful." }),
    segment_bytes: z.int().min(40).max(250).default(250).meta({ description: "Longer text goes out in segments." }),
    ...lineFields,
  })
  .meta({ title: "zebra-ssi", description: "Zebra scanner in packet mode (SSI) on a serial port." });
type ZebraSsiSettings = z.infer<typeof ZebraSsiSettings>;

/** A scanner in packet mode: what is not acknowledged is sent again, and says that it is (Zebra Simple Serial Interface). */
export const zebraSsi = deviceKind({
  driver: "zebra-ssi",
  title: "Zebra scanner, SSI packets",
  config: ZebraSsiSettings,
  open: openZebraSsi,
});

const opcodes = { segment: 0x73, segmentAck: 0x74, ack: 0xd0, nak: 0xd1, decodeData: 0xf3 } as const;
const codeTypes = { "ean-13": 0x0b, "gs1-128": 0x0f, "data-matrix": 0x1b } as const;

function openZebraSsi(settings: ZebraSsiSettings, { site, log }: DeviceContext): OneByOne {
  const { id, port: path, baud: baudRate, line, answer_timeout_ms, tries_max } = settings;
  const random = createRandom(`${site}/${id}/ssi`);
  const events = new EventEmitter();
  let heard = Buffer.alloc(0);
  const port = new ScannerPort({ path, baudRate, log, hear });

  function hear(bytes: Uint8Array): void {
    heard = Buffer.concat([heard, bytes]).subarray(-64);
    while (heard.length > 0 && heard.length >= (heard[0] ?? 0) + 2) {
      const size = (heard[0] ?? 0) + 2;
      const isRight = size >= 6 && checkOf(heard.subarray(0, size - 2)) === heard.readUInt16BE(size - 2);
      if (isRight) events.emit("host", heard[1]);
      heard = heard.subarray(isRight ? size : 1);
    }
  }

  /** The host's next word, or nothing within the time. */
  async function answer(signal: AbortSignal): Promise<unknown> {
    const done = new AbortController();
    const either = AbortSignal.any([signal, done.signal]);
    const host = once(events, "host", { signal: either }).then(
      ([opcode]) => opcode,
      () => undefined,
    );
    const late = sleep(answer_timeout_ms, either).then(() => undefined);
    const first = await Promise.race([host, late]);
    done.abort();
    return first;
  }

  /** Sends one packet until it is acknowledged. */
  async function send(make: (status: number) => Buffer, signal: AbortSignal): Promise<Said> {
    for (let times = 1; times <= tries_max && !signal.aborted; times++) {
      const { bytes } = through(make(times === 1 ? 0 : 1), line, random);
      const said = answer(signal);
      if (!(await port.write(bytes, signal))) continue;
      const opcode = await said;
      if (opcode === opcodes.ack || opcode === opcodes.segmentAck) return { times, result: "ok" };
    }
    return { times: tries_max, result: "no answer" };
  }

  async function sendAll(scan: Scan, signal: AbortSignal): Promise<Said> {
    let times = 0;
    for (const make of packetsOf(scan, settings.segment_bytes)) {
      const said = await send(make, signal);
      times += said.times;
      if (said.result !== "ok") return { times, result: said.result };
    }
    return { times, result: "ok" };
  }

  return new OneByOne({
    id,
    site,
    act: sendAll,
    textOf: scan => scanText(scan, true),
    close: () => port[Symbol.asyncDispose](),
  });
}

/** The packets of a scan: one, or segments when the text is long. Each is made with the status that it is sent with. */
export function packetsOf(scan: Scan, segmentBytes: number): readonly ((status: number) => Buffer)[] {
  const text = Buffer.from(scanText(scan, scan.label === "data-matrix"), "latin1");
  const type = codeTypes[scan.label];
  if (text.length + 1 <= segmentBytes) {
    return [status => packet(opcodes.decodeData, 0, status, Buffer.from([type, ...text]))];
  }
  const head = [opcodes.decodeData, 0, 0, ...word(text.length + 3), type, 1, ...word(text.length)];
  const whole = Buffer.from([...head, ...text]);
  const count = Math.ceil(whole.length / segmentBytes);
  return Array.from({ length: count }, (_, number) => {
    const data = Buffer.from([number, ...whole.subarray(number * segmentBytes, (number + 1) * segmentBytes)]);
    return (status: number) => packet(opcodes.segment, number === 0 ? 2 : 0, status, data);
  });
}

function packet(opcode: number, source: number, status: number, data: Uint8Array): Buffer {
  const said = Buffer.from([data.length + 4, opcode, source, status, ...data]);
  return Buffer.from([...said, ...word(checkOf(said))]);
}

/** The two's complement of the sum. */
function checkOf(said: Uint8Array): number {
  return -said.reduce((sum, byte) => sum + byte, 0) & 0xffff;
}
