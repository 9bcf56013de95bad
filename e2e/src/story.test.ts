import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { connect } from "@tallygate/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { z } from "zod";
import { Child } from "../../deploy/local/child.ts";
import { freePort } from "../../deploy/local/servers.ts";
import { isAuthentic } from "../../docs/examples/verify-webhook.ts";
import { Terminal } from "./terminal.ts";
import { until } from "./until.ts";

/**
 * The tutorial, run as it stands: its commands in a shell against a fresh start, their answers held to what is written below them. What a reader
 * of it does not see is checked besides: that a webhook heard what the feed tells, and that nothing is left over.
 */

const root = fileURLToPath(new URL("../..", import.meta.url));
const tutorial = readFileSync(join(root, "docs/tutorial.md"), "utf8");

/** One block of commands, with the answer that is awaited. */
interface Step {
  readonly commands: string;
  readonly answer: { readonly kind: string; readonly text: string } | undefined;
}

function stepsOf(page: string): readonly Step[] {
  const blocks = [...page.matchAll(/```(\w*)\n(.*?)```/gs)].map(([, kind = "", content = ""]) => ({ kind, content }));
  return blocks.flatMap(({ kind, content }, index) => {
    if (kind !== "sh") return [];
    const next = blocks[index + 1];
    const isAnswer = next !== undefined && (next.kind === "json" || next.kind === "text");
    return [{ commands: content, answer: isAnswer ? { kind: next.kind, text: next.content } : undefined }];
  });
}

/** What only looks may be asked until it is as it says: what a device heard takes its way. */
const onlyLooks = (commands: string) => !/ -d |printf|mosquitto_pub|kill/.test(commands);

let home = "";
let start: Child;
let said = "";
let target: Server;
const heard = new Map<string, string>();
let secret = "";

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "tallygate-story-"));
  chmodSync(home, 0o755);
  // Ours, so that it stays as it is: a free port, and webhooks to this machine.
  const http = { listen: `127.0.0.1:${await freePort()}` };
  const webhooks = { allow_http: true, allow_networks: ["127.0.0.0/8"] };
  writeFileSync(join(home, "central.yaml"), stringify({ http, webhooks }));
  start = await Child.open({
    name: "npm start",
    command: process.execPath,
    args: ["deploy/local/start.ts", "--data", home, "--no-sim"],
    cwd: root,
    ready: async () => said.includes("Tallygate runs.") && /a client of yours/.test(said),
    onLine: line => {
      said += `${line}\n`;
    },
    readyMs: 120_000,
    stopMs: 60_000,
  });
  target = createServer(async (request, response) => {
    const body = await text(request);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const event = Event.parse(JSON.parse(body));
    if (isAuthentic(headers, body, secret)) heard.set(event.id, event.type);
    response.writeHead(204).end();
  });
  await new Promise<void>(resolve => target.listen(0, "127.0.0.1", resolve));
}, 180_000);
afterAll(async () => {
  target?.close();
  await start?.[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

const Event = z.object({ id: z.string(), type: z.string() });
const Feed = z.object({ items: z.array(Event), next_after: z.int(), more: z.boolean() });
const Stock = z.object({
  places: z.array(z.object({ place: z.string(), on_hand: z.int(), reserved: z.int(), outside: z.boolean() })),
});
const Reservations = z.object({ items: z.array(z.object({ state: z.string() })) });

const addressOf = (words: RegExp) => words.exec(said)?.[1] ?? "";

/** The addresses and the directory of this run, where the page names those of a first one. */
function here(commands: string): string {
  return commands
    .replaceAll("http://127.0.0.1:8080", addressOf(/central\s+(http:[^\s,]+)/))
    .replaceAll("http://127.0.0.1:8081", addressOf(/lyon\s+(http:[^\s,]+)/))
    .replaceAll("-p 1883", `-p ${addressOf(/lyon\s+http.*publish to MQTT on 127\.0\.0\.1:(\d+)/)}`)
    .replaceAll(".tallygate", home);
}

describe("a stranger with the tutorial", () => {
  test("takes goods in, sells, picks and ships them and takes one back, while the centre is killed: stock, documents, holds, events and the audit agree", async () => {
    const caller = connect({
      url: addressOf(/central\s+(http:[^\s,]+)/),
      client: "integrator",
      secret: readFileSync(join(home, "integrator-secret"), "utf8"),
    });
    const get = async (path: string) => (await caller.fetch(path)).json();
    const { port } = target.address() as AddressInfo;
    const added = await caller.fetch("/v1/webhooks", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ url: `http://127.0.0.1:${port}/` }),
    });
    expect(added.status).toBe(201);
    ({ secret } = z.object({ secret: z.string() }).parse(await added.json()));

    const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` };
    await using terminal = new Terminal({ cwd: root, env });
    const steps = stepsOf(tutorial);
    expect(steps.length).toBeGreaterThan(15);
    for (const step of steps) await carryOut(terminal, step);
    expect(said, "the centre was killed on the way").toContain("central ended by itself (SIGKILL)");

    const { places } = Stock.parse(await get("/v1/stock/KETTLE"));
    const inside = places.filter(({ outside, on_hand }) => !outside && on_hand !== 0);
    expect(inside, "all is at one place, and nothing is promised").toEqual([
      expect.objectContaining({ place: "bench", on_hand: 23, reserved: 0 }),
    ]);
    const held = Reservations.parse(await get("/v1/reservations?state=held&limit=100"));
    expect(held.items, "no hold is left").toEqual([]);
    const told = await feed(get);
    expect(told.length).toBeGreaterThan(15);
    await until("the webhook has heard all that the feed tells", async () => told.every(({ id }) => heard.has(id)));
  });
});

async function carryOut(terminal: Terminal, { commands, answer }: Step): Promise<void> {
  const run = async () => {
    const output = await terminal.run(here(commands));
    if (answer?.kind === "json") expect(JSON.parse(output), commands).toMatchObject(JSON.parse(answer.text));
    else if (answer?.kind === "text") expect(output).toContain(answer.text.trim());
  };
  if (answer === undefined || !onlyLooks(commands)) return run();
  await until(`"${commands.trim()}" is answered ${answer.text}`, async () => {
    await run();
    return true;
  });
}

/** All events from the first one on. */
async function feed(get: (path: string) => Promise<unknown>): Promise<readonly z.infer<typeof Event>[]> {
  const events: z.infer<typeof Event>[] = [];
  for (let after = 0, more = true; more; ) {
    const page = Feed.parse(await get(`/v1/events?after=${after}&limit=100`));
    events.push(...page.items);
    ({ next_after: after, more } = page);
  }
  return events;
}
