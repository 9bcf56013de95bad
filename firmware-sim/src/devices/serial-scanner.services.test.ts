import { createLog } from "@tallygate/kit";
import { SerialPort } from "serialport";
import { expect, test, vi } from "vitest";
import { type PtyPair, socatPair } from "../../../deploy/local/servers.ts";
import { createRandom } from "../random.ts";
import { catalogue } from "../world/catalogue.ts";
import type { Scan } from "../world/events.ts";
import { type ScannerSettings, serialScanner } from "./serial-scanner.ts";

const items = catalogue(20);
const scans = items.map((item, index): Scan => {
  const fixed = {
    kind: "scan",
    atMs: index,
    site: "lyon",
    device: "bench",
    from: "supplier",
    to: "bench",
    item,
  } as const;
  const gtin = { ai: "01", value: item.gtin };
  if (index % 2 === 0) return { ...fixed, label: "ean-13", elements: [gtin] };
  return { ...fixed, label: "gs1-128", elements: [gtin, { ai: "10", value: `L${index}` }] };
});
const lines = items.map(({ gtin }, index) => (index % 2 === 0 ? `]E0${gtin.slice(1)}\r` : `]C101${gtin}10L${index}\r`));

function openScanner(port: string, more: Partial<ScannerSettings> = {}) {
  const log = createLog("sim", "silent");
  const settings = { id: "bench", driver: "serial-scanner", from: "supplier", to: "bench", port, gap_ms: 0, ...more };
  return serialScanner.open(settings, { site: "lyon", mqtt: undefined, random: createRandom("1"), log });
}

function scan(scanner: ReturnType<typeof openScanner>, some: readonly Scan[]): void {
  for (const parcel of some.flatMap(event => scanner.hear(event, worldMs => worldMs))) parcel.send();
}

/** The other end of the cable: keeps what it hears, and answers each line as it is told. */
async function openListener(pair: PtyPair, answer: (line: number) => number | undefined = () => undefined) {
  const port = new SerialPort({ path: pair.b, baudRate: 9600, autoOpen: false });
  await new Promise<void>((resolve, reject) => port.open(error => (error ? reject(error) : resolve())));
  let text = "";
  let count = 0;
  port.on("data", (bytes: Buffer) => {
    text += bytes.toString("latin1");
    for (const byte of bytes) {
      if (byte !== 0x0d) continue;
      const reply = answer(count++);
      if (reply !== undefined) port.write([reply]);
    }
  });
  return {
    text: () => text,
    [Symbol.asyncDispose]: () => new Promise<void>(resolve => (port.isOpen ? port.close(() => resolve()) : resolve())),
  };
}

test("scans are written one after another with AIM identifier and suffix", async () => {
  await using pair = await socatPair();
  await using listener = await openListener(pair);
  await using scanner = openScanner(pair.a);
  scan(scanner, scans.slice(0, 10));
  await scanner.settle(AbortSignal.timeout(10_000));
  await vi.waitFor(() => expect(listener.text()).toBe(lines.slice(0, 10).join("")));
  expect(scanner.counts()).toMatchObject({ made: 10, sent: 10, answered: 10, pending: 0 });
});

test("with answers, a scan waits for the answer to the one before; what is refused is doubtful", async () => {
  await using pair = await socatPair();
  await using listener = await openListener(pair, line => (line === 2 ? 0x15 : 0x06));
  await using scanner = openScanner(pair.a, { await_answer: true });
  scan(scanner, scans.slice(0, 5));
  await scanner.settle(AbortSignal.timeout(10_000));
  expect(listener.text()).toBe(lines.slice(0, 5).join(""));
  expect(scanner.counts()).toMatchObject({ made: 5, sent: 5, answered: 4, pending: 0 });
  const data = lines[2]?.trim();
  expect(scanner.doubtful()).toEqual([
    { site: "lyon", device: "bench", data, sku: items[2]?.sku, from: "supplier", to: "bench", why: "refused" },
  ]);
});

test("without an answer nothing more is scanned until the time is over; the scan is doubtful and not repeated", async () => {
  await using pair = await socatPair();
  await using listener = await openListener(pair, line => (line === 1 ? undefined : 0x06));
  await using scanner = openScanner(pair.a, { await_answer: true, answer_timeout_ms: 300 });
  scan(scanner, scans.slice(0, 3));
  await vi.waitFor(() => expect(listener.text()).toBe(lines.slice(0, 2).join("")));
  expect(scanner.counts()).toMatchObject({ answered: 1, pending: 2 });
  await scanner.settle(AbortSignal.timeout(10_000));
  expect(listener.text()).toBe(lines.slice(0, 3).join(""));
  expect(scanner.doubtful()).toMatchObject([{ sku: items[1]?.sku, why: "no answer" }]);
});

test("a port that is not there yet, or goes away and comes back, loses no scan", async () => {
  await using pair = await socatPair();
  await pair.disconnect();
  await using scanner = openScanner(pair.a, { await_answer: true });
  scan(scanner, scans.slice(0, 3));
  expect(scanner.counts()).toMatchObject({ sent: 0, answered: 0, pending: 3 });
  await pair.reconnect();
  {
    await using _listener = await openListener(pair, () => 0x06);
    await scanner.settle(AbortSignal.timeout(10_000));
  }
  await pair.disconnect();
  await pair.reconnect();
  await using listener = await openListener(pair, () => 0x06);
  scan(scanner, scans.slice(3, 6));
  await scanner.settle(AbortSignal.timeout(10_000));
  expect(listener.text()).toBe(lines.slice(3, 6).join(""));
  expect(scanner.doubtful()).toEqual([]);
});

test("a scanner with many scans waiting has no room", async () => {
  await using scanner = openScanner("/nowhere/ttyUSB0");
  scan(scanner, scans);
  expect(scanner.hasRoom()).toBe(false);
  await scanner.room(AbortSignal.timeout(20));
  expect(scanner.counts().pending).toBe(20);
});
