import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { loadConfig } from "@tallygate/kit";
import { epcis, hashBatch, llrp, parseBatch } from "@tallygate/protocol";
import { EdgeConfig } from "../../../edge/src/config.ts";
import { PacketGuard, PacketRefused } from "../../../edge/src/mqtt/packet-guard.ts";
import { formats } from "../formats.ts";
import { gtins, siteBatches } from "../load/movements.ts";
import { connectPacket, publishPacket } from "../load/mqtt-packets.ts";
import type { Target } from "./targets.ts";

/** What comes over the wires between our own parts and from servers, and the configuration. */
export function wireTargets(): readonly Target[] {
  return [llrpCodec(), batches(), epcisDocuments(), packetGuard(), edgeConfig()];
}

/** To compare takes many times longer than to read. */
const compareOneIn = 16;

/** What was read without a fault is the same again when it is written and read. */
function llrpCodec(): Target {
  const samples = formats().find(({ name }) => name === "llrp")?.samples ?? [];
  return {
    name: "llrp-codec",
    samples,
    open: random => input => {
      const framer = new llrp.Framer();
      for (const message of framer.push(new Uint8Array(input))) {
        const { body, faults, header } = llrp.decodeMessage(message);
        if (body === undefined || faults.length > 0 || random.below(compareOneIn) !== 0) continue;
        const again = llrp.decodeMessage(llrp.encodeMessage(body, { version: header.version, id: header.id }));
        if (!isDeepStrictEqual(again.body, body)) throw new Error(`${body.name} is another when it is read again`);
      }
      llrp.decodeMessage(input);
      llrp.decodeBareBody(61, input);
    },
  };
}

function batches(): Target {
  const samples = [...siteBatches("lyon", "0123456789abcdef", gtins(3), 3)].map(({ data }) => Buffer.from(data));
  return {
    name: "batch",
    samples,
    open: () => input => {
      const read = parseBatch(input.toString());
      if (read.ok) hashBatch(read.value);
    },
  };
}

function epcisDocuments(): Target {
  const file = new URL("../../../protocol/fixtures/epcis-events.json", import.meta.url);
  const { documents }: { documents: readonly { readonly document: unknown }[] } = JSON.parse(
    readFileSync(file, "utf8"),
  );
  return {
    name: "epcis",
    samples: documents
      .map(({ document }) => Buffer.from(JSON.stringify(document)))
      .filter(({ length }) => length < 2000),
    open: () => input => {
      const value = jsonOf(input);
      if (value !== undefined) epcis.parseEpcisDocument(value);
    },
  };
}

function jsonOf(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString());
  } catch {
    return undefined;
  }
}

/** The guard in front of the broker may refuse; then the connection is over and there is a new one. */
function packetGuard(): Target {
  const samples = [
    connectPacket("gate-1", { name: "gate-1", password: "secret" }),
    publishPacket("lyon/dock-1/tags", `{"epc_hex":"E280"}`).bytes,
    Buffer.concat(Array.from({ length: 4 }, (_, n) => publishPacket("a/b", "x".repeat(n * 60)).bytes)),
  ];
  return {
    name: "mqtt-packets",
    samples,
    open: () => {
      let guard = new PacketGuard();
      return input => {
        try {
          guard.push(input);
        } catch (error) {
          if (!(error instanceof PacketRefused)) throw error;
          guard = new PacketGuard();
        }
      };
    },
  };
}

function edgeConfig(): Target {
  const pages = ["README.md", "docs/devices.md"].map(name =>
    readFileSync(new URL(`../../../${name}`, import.meta.url), "utf8"),
  );
  const examples = pages.flatMap(page => [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = ""]) => yaml));
  return {
    name: "edge-config",
    samples: examples.map(yaml => Buffer.from(yaml)),
    inputsInTests: 50,
    open: () => {
      const dir = mkdtempSync(join(tmpdir(), "tallygate-fuzz-"));
      process.once("exit", () => rmSync(dir, { recursive: true, force: true }));
      const file = join(dir, "edge.yaml");
      return input => {
        writeFileSync(file, input);
        const read = loadConfig({ schema: EdgeConfig, file, env: {} });
        if (!read.ok && read.faults.length === 0) throw new Error("refused without a fault");
      };
    },
  };
}
