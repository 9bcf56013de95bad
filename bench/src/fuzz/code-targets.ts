import { readFileSync } from "node:fs";
import {
  encodeTagUri,
  expandUpce,
  formatBracketed,
  identify,
  normaliseGtin,
  parseBracketed,
  parseDigitalLink,
  parseElementString,
  parseEpc,
  parseEpcUri,
  parseScan,
} from "@tallygate/protocol";
import { parseCommand } from "../../../edge/src/core/scanner/commands.ts";
import { parseTime } from "../../../edge/src/drivers/time.ts";
import type { Target } from "./targets.ts";

/** Every text of the vectors, whatever it is: a scan is a good start for a Digital Link too. */
function texts(file: string): readonly Buffer[] {
  const found: Buffer[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === "string") found.push(Buffer.from(value));
    else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) collect(inner);
  };
  collect(JSON.parse(readFileSync(new URL(`../../../protocol/fixtures/${file}`, import.meta.url), "utf8")));
  return found.filter(({ length }) => length > 0 && length < 300);
}

const times = ["2026-09-07T12:50:36.194+0000", "2023-06-28T07:24:00.277766184Z"].map(text => Buffer.from(text));
const commands = ["TG:MODE:LOOK_UP", "TG:PLACE:bin-3", "TG:QTY:12", "TG:UNDO"].map(text => Buffer.from(text));

/** The functions of the protocol that read codes: of tags, barcodes and web addresses. */
export function codeTargets(): readonly Target[] {
  const gs1 = texts("gs1.json");
  const epc = texts("epc.json");
  return [
    textTarget("scan", gs1, text => {
      parseScan(text, { companionsRequired: true });
      mustName(identify({ scan: text }));
    }),
    textTarget("element-string", gs1, text => {
      const read = parseElementString(text);
      if (read.ok) mustReadAgain(formatBracketed(read.value));
    }),
    textTarget("bracketed", gs1, text => {
      const read = parseBracketed(text);
      if (read.ok) mustReadAgain(formatBracketed(read.value));
    }),
    textTarget("digital-link", gs1, text => void parseDigitalLink(text)),
    textTarget("gtin", gs1, text => {
      normaliseGtin(text);
      expandUpce(text);
    }),
    textTarget("epc", epc, text => {
      parseEpc(text);
      mustName(identify({ epcHex: text }));
    }),
    textTarget("epc-uri", epc, text => {
      parseEpcUri(text);
      encodeTagUri(text);
    }),
    textTarget("command", commands, text => void parseCommand(text)),
    textTarget("time", times, text => {
      const time = parseTime(text);
      if (time !== undefined && !Number.isSafeInteger(time)) throw new Error(`the time ${time}`);
    }),
  ];
}

function textTarget(name: string, samples: readonly Buffer[], take: (text: string) => void): Target {
  return { name, samples, open: () => input => take(input.toString()) };
}

function mustReadAgain(bracketed: string): void {
  const again = parseBracketed(bracketed);
  if (!again.ok) throw new Error(`${bracketed} is not read again: ${again.problem.detail}`);
  if (formatBracketed(again.value) !== bracketed) throw new Error(`${bracketed} is read as another code`);
}

function mustName({ key, classKey }: { readonly key: string; readonly classKey: string }): void {
  if (key === "" || classKey === "") throw new Error("a code without a key");
}
