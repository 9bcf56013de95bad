import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { genesisHash } from "@tallygate/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEdge } from "../ingest/testing.ts";
import { checkSealFiles } from "./check-seal.ts";
import { checkSeal, noSeal, publicKeyOf, type Seal, signSeal } from "./seal.ts";

const { privateKey } = generateKeyPairSync("ed25519");
const key = publicKeyOf(privateKey);
const edge = new TestEdge("lyon");
const batch = edge.record(
  { eventTimeMs: 1 },
  { to: "shelf", epcHex: "30AA", eventTimeMs: 2 },
  { quantity: 1, eventTimeMs: 3 },
);
const hashes = [1, 2, 3].map(last => edge.batch(1, last).after);
const told = batch.movements.map((movement, index) => ({
  ...{ site: "lyon", epoch: batch.epoch, seq: index + 1, code: movement.code, epc_hex: movement.epcHex ?? null },
  ...{ quantity: movement.quantity, from: movement.from, to: movement.to, biz_step: movement.bizStep },
  ...{ read_point: movement.readPoint, cause: movement.cause, reverses: null, hash: hashes[index] ?? "" },
  event_time: new Date(movement.eventTimeMs).toISOString(),
}));
const seal = signSeal(
  {
    v: 1,
    number: 1,
    sealed_at: "2026-11-23T09:30:00.000Z",
    previous: noSeal,
    epochs: [{ site: "lyon", epoch: batch.epoch, start: genesisHash, seq: 3, hash: batch.after }],
  },
  privateKey,
);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "seal-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, value: unknown): string {
  const file = join(directory, name);
  writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
  return file;
}

const lines = (rows: readonly unknown[]) => rows.map(row => JSON.stringify(row)).join("\n");

describe("a seal", () => {
  test("holds by the key that signed it, and by no other", () => {
    expect(checkSeal(seal, key)).toBeUndefined();
    const other = publicKeyOf(generateKeyPairSync("ed25519").privateKey);
    expect(checkSeal(seal, other)).toContain("signed with the key");
    expect(checkSeal(seal, { ...other, kid: key.kid })).toContain("signed with the key");
  });

  test.each<[string, Partial<Seal>]>([
    ["number", { number: 2 }],
    ["time", { sealed_at: "2026-11-24T09:30:00.000Z" }],
    ["seal before", { previous: "1".repeat(64) }],
    ["epochs", { epochs: [] }],
    ["sequence", { epochs: seal.epochs.map(epoch => ({ ...epoch, seq: 2 })) }],
    ["hash of an epoch", { epochs: seal.epochs.map(epoch => ({ ...epoch, hash: noSeal })) }],
    ["beginning of an epoch", { epochs: seal.epochs.map(epoch => ({ ...epoch, start: batch.after })) }],
    ["hash", { hash: "1".repeat(64) }],
    ["signature", { signature: seal.signature.replace(/^./, first => (first === "A" ? "B" : "A")) }],
  ])("does not hold with another %s", (_what, change) => {
    expect(checkSeal({ ...seal, ...change }, key)).toBeDefined();
  });

  test("does not hold when it was hashed anew without the key", () => {
    const forged = signSeal({ ...seal, epochs: [] }, generateKeyPairSync("ed25519").privateKey);
    expect(checkSeal({ ...forged, key_id: key.kid }, key)).toContain("signature");
  });
});

describe("the offline checker", () => {
  const check = (movements?: readonly unknown[], sealed: unknown = seal, keys: unknown = { keys: [key] }) =>
    checkSealFiles(
      write("seal.json", sealed),
      write("key.json", keys),
      movements === undefined ? undefined : write("movements.jsonl", lines(movements)),
    );

  test("finds that a seal holds, alone and with its movements in either order", async () => {
    expect(await check()).toMatchObject({ ok: true });
    expect(await check(undefined, seal, key)).toMatchObject({ ok: true });
    const expected = { ok: true, lines: [expect.anything(), expect.stringContaining("3 movements lead to")] };
    expect(await check(told)).toMatchObject(expected);
    expect(await check(told.toReversed())).toMatchObject(expected);
  });

  test.each<[string, readonly unknown[], string]>([
    [
      "a changed quantity",
      told.map(row => (row.seq === 2 ? { ...row, quantity: 9 } : row)),
      "/2 is not what was sealed",
    ],
    [
      "a changed first row",
      told.map(row => (row.seq === 1 ? { ...row, to: "found" } : row)),
      "/1 is not what was sealed",
    ],
    ["a changed last row", told.map(row => (row.seq === 3 ? { ...row, hash: noSeal } : row)), "/3 has the hash"],
    ["a row taken out", told.filter(row => row.seq !== 2), "between them is missing"],
    ["the last row taken out", told.slice(0, 2), "/3 is missing"],
  ])("finds %s", async (_what, movements, fault) => {
    for (const rows of [movements, movements.toReversed()]) {
      const found = await check(rows);
      expect(found.ok).toBe(false);
      expect(found.lines.join("\n")).toContain(fault);
    }
  });

  test("is a command, whose exit code says what it found", async () => {
    const program = fileURLToPath(new URL("./check-seal.ts", import.meta.url));
    const run = (...args: readonly string[]) =>
      new Promise<readonly [code: unknown, text: string]>(resolve => {
        execFile(process.execPath, [program, ...args], (error, out, err) => resolve([error?.code ?? 0, out + err]));
      });
    const [sealFile, keyFile] = [write("good.json", seal), write("key.json", key)];
    expect(await run(sealFile, keyFile, write("rows.jsonl", lines(told)))).toMatchObject([
      0,
      expect.stringContaining("holds"),
    ]);
    const bad = write("bad.json", { ...seal, number: 3 });
    expect(await run(bad, keyFile)).toMatchObject([1, expect.stringContaining("does not hold")]);
    expect(await run(write("none.json", "{"), keyFile)).toMatchObject([2, expect.stringContaining("check-seal:")]);
    expect(await run()).toMatchObject([2, expect.stringContaining("Usage")]);
  });
});
