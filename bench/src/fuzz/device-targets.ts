import { Reading } from "@tallygate/protocol";
import type { Parsed } from "../../../edge/src/drivers/driver.ts";
import { limits } from "../../../edge/src/drivers/limits.ts";
import { parseBody } from "../../../edge/src/http-intake/body.ts";
import { type Format, formats, openReader, receivedTimeMs } from "../formats.ts";
import type { Random } from "./random.ts";
import { seals } from "./seals.ts";
import type { Target } from "./targets.ts";

/** One for each driver. Streams go on over all inputs, with a pause or an unplugged port now and then. */
export function deviceTargets(): readonly Target[] {
  const known = formats();
  const targets = known.map(format => ({
    name: format.name,
    samples: [...format.samples, format.good],
    open: (random: Random) => openDevice(format, random),
  }));
  return [...targets, ...known.filter(({ name }) => name === "zebra-iotc").map(httpBody)];
}

/** What a reader posts: messages of its format, one on each line. */
function httpBody({ device, samples }: Format): Target {
  const context = { deviceId: device.id, receivedTimeMs, topic: "" };
  return {
    name: "http-body",
    samples: samples.map((sample, index) => Buffer.concat([sample, Buffer.from("\n"), samples[index + 1] ?? sample])),
    open: () => input => {
      if (device.transport === "mqtt") check(parseBody(device, input, context));
    },
  };
}

const pauseOneIn = 16;
const unplugOneIn = 64;

function openDevice({ name, device, topics }: Format, random: Random): (input: Buffer) => void {
  const seal = seals[name] ?? (frame => frame);
  switch (device.transport) {
    case "mqtt": {
      const readers = topics.map(topic => openReader({ device, topic }));
      return input => readers[random.below(readers.length)]?.(input).forEach(check);
    }
    case "serial": {
      const decoder = device.openDecoder();
      return input => {
        check(decoder.push(random.below(2) === 0 ? input : seal(input), receivedTimeMs));
        if (random.below(pauseOneIn) === 0) check(decoder.idle(receivedTimeMs));
        if (random.below(unplugOneIn) === 0) check(decoder.abandon());
        decoder.wake?.command();
      };
    }
    case "tcp": {
      let steadyMs = 0;
      const open = () => {
        const opened = device.openConversation();
        opened.open({ timeMs: receivedTimeMs, steadyMs });
        return opened;
      };
      let conversation = open();
      return input => {
        const at = { timeMs: receivedTimeMs, steadyMs: ++steadyMs };
        const turn = conversation.push(random.below(4) === 0 ? input : seal(input), at);
        turn.parsed.forEach(check);
        if (turn.end === undefined && random.below(unplugOneIn) !== 0) return;
        check(conversation.abandon(at));
        conversation = open();
      };
    }
  }
}

function check({ readings, refused, signals }: Parsed): void {
  for (const reading of readings) {
    const { error } = Reading.safeParse(reading);
    if (error !== undefined) throw new Error(`no reading: ${JSON.stringify(reading)}: ${error.message}`);
  }
  if (refused.length > limits.messageRefusedMax) throw new Error(`${refused.length} exceptions`);
  if (refused.some(({ bytes }) => bytes.length > limits.refusedBytesMax)) throw new Error("an exception is too large");
  if (signals.length > limits.messageSignalsMax) throw new Error(`${signals.length} signals`);
}
