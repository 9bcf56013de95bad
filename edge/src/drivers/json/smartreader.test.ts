import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { openMessageDevice, parseText } from "../driver.case.ts";

const text = readFileSync(new URL("./fixtures/impinj-smartreader.yaml", import.meta.url), "utf8");
const device = openMessageDevice(z.record(z.string(), z.unknown()).parse(parse(text)));

it("reads what Impinj's SmartReader application sends, with the mapping of the example", () => {
  const good = {
    epc: "3034257bf7194e4000001a85",
    antennaPort: 2,
    peakRssi: -58.5,
    firstSeenTimestamp: 1_788_785_436_194_765,
  };
  const message = {
    readerName: "gate",
    mac: "00:16:25:00:00:00",
    tag_reads: [good, { antennaPort: 1 }, { epc: "e280" }],
  };
  const { readings, refused } = parseText(device, JSON.stringify(message));
  expect(readings).toMatchObject([
    { epcHex: "3034257BF7194E4000001A85", antenna: 2, rssiDbm: -58.5, readerTimeMs: 1_788_785_436_194 },
    { epcHex: "E280" },
  ]);
  expect(refused).toMatchObject([{ problem: { code: "message.no_tag", at: "tag_reads[1]." } }]);
});
