import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { describeMessageDriver } from "../driver.case.ts";

const config = readFileSync(new URL("./fixtures/keonn-advannet.yaml", import.meta.url), "utf8");

describeMessageDriver(
  z.record(z.string(), z.unknown()).parse(parse(config)),
  new URL("./fixtures/keonn-advannet.jsonl", import.meta.url),
);
