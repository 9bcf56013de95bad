import { EventEmitter, once } from "node:events";
import { sleep } from "@tallygate/kit";
import { formatElementString } from "@tallygate/protocol";
import { z } from "zod";
import { limits } from "../limits.ts";
import { labels, type Scan } from "../world/events.ts";
import { type Device, type DeviceContext, type DoubtfulScan, deviceFields, deviceKind, rangeOf } from "./device.ts";
import { ScannerPort } from "./scanner-port.ts";

const suffixes = { cr: "\r", lf: "\n", crlf: "\r\n", tab: "\t" } as const;
const byteHex = z.string().regex(/^[0-9A-Fa-f]{2}$/, "a byte as two hexadecimal digits, such as 06");

const ScannerSettings = z
  .strictObject({
    ...deviceFields,
    driver: z.literal("serial-scanner"),
    port: z
      .string()
      .min(1)
      .max(1024)
      .meta({ description: "Path of the serial port; it may come later.", example: "/dev/ttyUSB0" }),
    baud: z.int().min(300).max(921_600).default(9600),
    aim: z.boolean().default(true).meta({ description: "Whether the AIM symbology identifier goes before the data." }),
    suffix: z.enum(["cr", "lf", "crlf", "tab"]).default("cr"),
    labels: z.array(z.enum(labels)).min(1).max(labels.length).default(["ean-13", "gs1-128"]).meta({
      description: "What is scanned. ean-13 and gs1-128 say a class of things, data-matrix one thing with its serial.",
    }),
    every_ms: rangeOf(0, 86_400_000, [2_000, 6_000]).meta({
      description: "From one scan to the next. Milliseconds of the world.",
    }),
    scans: z.int().min(0).optional().meta({ description: "How many scans at most; absent: as long as pallets come." }),
    gap_ms: z.int().min(0).max(60_000).default(20).meta({ description: "Least pause after a scan, on the clock." }),
    await_answer: z.boolean().default(false).meta({ description: "Wait for the answer before the next scan." }),
    answer: z
      .strictObject({ ok: byteHex.default("06"), refused: byteHex.default("15") })
      .prefault({})
      .meta({ description: "The bytes that say: taken, and not taken. ACK and NAK by default." }),
    answer_timeout_ms: z.int().min(10).max(600_000).default(30_000).meta({
      description: "After so long a scan counts as doubtful and the next one is made. It is not scanned again.",
    }),
  })
  .meta({ title: "serial-scanner", description: "A barcode scanner on a serial port, in text mode." });
export type ScannerSettings = z.infer<typeof ScannerSettings>;

/** A barcode scanner in text mode: AIM identifier (ISO/IEC 15424), data, suffix. */
export const serialScanner = deviceKind({
  driver: "serial-scanner",
  title: "Barcode scanner, serial",
  config: ScannerSettings,
  open: (settings, context) => new Scanner(settings, context),
});

/** What a scanner writes for a label. */
export function scanText({ label, item, elements }: Pick<Scan, "label" | "item" | "elements">, aim: boolean): string {
  switch (label) {
    case "ean-13":
      return `${aim ? "]E0" : ""}${item.gtin.slice(1)}`;
    case "gs1-128":
      return `${aim ? "]C1" : ""}${formatElementString(elements)}`;
    case "data-matrix":
      return `${aim ? "]d2" : ""}${formatElementString(elements)}`;
  }
}

/** One scan at a time: written, answered if so set, then the next. Scans wait in order, and are never dropped. */
class Scanner implements Device {
  readonly id: string;
  readonly #settings: ScannerSettings;
  readonly #site: string;
  readonly #port: ScannerPort;
  readonly #closing = new AbortController();
  readonly #events = new EventEmitter();
  readonly #waiting: Scan[] = [];
  readonly #doubtful: DoubtfulScan[] = [];
  readonly #living: Promise<void>;
  #made = 0;
  #sent = 0;
  #answered = 0;
  #pending = 0;

  constructor(settings: ScannerSettings, { site, log }: DeviceContext) {
    this.id = settings.id;
    this.#settings = settings;
    this.#site = site;
    this.#events.setMaxListeners(0);
    this.#port = new ScannerPort({ path: settings.port, baudRate: settings.baud, log });
    this.#living = this.#live();
  }

  hear(event: Parameters<Device["hear"]>[0]) {
    if (event.kind !== "scan") return [];
    return [{ atMs: event.atMs, send: () => this.#take(event) }];
  }

  hasRoom(): boolean {
    return this.#pending < limits.scansWaitingMax;
  }

  room(signal: AbortSignal): Promise<void> {
    return this.#until(() => this.hasRoom(), signal);
  }

  finish(): void {}

  settle(signal: AbortSignal): Promise<void> {
    return this.#until(() => this.#pending === 0, signal);
  }

  counts() {
    const [made, pending] = [this.#made, this.#pending];
    return { made, sent: this.#sent, answered: this.#answered, resent: 0, pending, readings: made };
  }

  doubtful(): readonly DoubtfulScan[] {
    return this.#doubtful;
  }

  #take(scan: Scan): void {
    this.#made++;
    this.#pending++;
    this.#waiting.push(scan);
    this.#events.emit("taken");
  }

  async #live(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const scan = this.#waiting.shift();
      if (scan === undefined) {
        await once(this.#events, "taken", { signal }).catch(() => undefined);
        continue;
      }
      await this.#scan(scan, signal);
      if (signal.aborted) return;
      this.#pending--;
      this.#events.emit("done");
      await sleep(this.#settings.gap_ms, signal);
    }
  }

  async #scan(scan: Scan, signal: AbortSignal): Promise<void> {
    const { aim, suffix, await_answer, answer_timeout_ms } = this.#settings;
    const bytes = Buffer.from(scanText(scan, aim) + suffixes[suffix], "latin1");
    const done = new AbortController();
    // Listening begins before the writing, so that no answer is too quick.
    const answer = this.#verdict(AbortSignal.any([done.signal, signal]));
    const isWritten = await this.#port.write(bytes, signal);
    if (signal.aborted) return;
    this.#sent++;
    const late = sleep(answer_timeout_ms, AbortSignal.any([done.signal, signal])).then(() => "no answer" as const);
    // Of a scan that was cut off nobody knows how much was read: it is not repeated, as it might count twice.
    const verdict = !isWritten ? "no answer" : await_answer ? await Promise.race([answer, late]) : "ok";
    done.abort();
    if (verdict === "ok") this.#answered++;
    else this.#doubt(scan, verdict);
  }

  /** Bytes that are no answer are passed over. */
  async #verdict(signal: AbortSignal): Promise<"ok" | DoubtfulScan["why"]> {
    const { answer } = this.#settings;
    while (!signal.aborted) {
      const byte = await this.#port.answer(signal);
      if (byte === Number.parseInt(answer.ok, 16)) return "ok";
      if (byte === Number.parseInt(answer.refused, 16)) return "refused";
    }
    return "no answer";
  }

  #doubt(scan: Scan, why: DoubtfulScan["why"]): void {
    if (this.#doubtful.length >= limits.doubtfulMax) return;
    const { item, from, to } = scan;
    this.#doubtful.push({
      site: this.#site,
      device: this.id,
      data: scanText(scan, true),
      sku: item.sku,
      from,
      to,
      why,
    });
  }

  async #until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    while (!isSo() && !either.aborted) await once(this.#events, "done", { signal: either }).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#living;
    await this.#port[Symbol.asyncDispose]();
  }
}
