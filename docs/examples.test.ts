import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { newSecret, signatureHeaders } from "../central/src/events/webhooks/sign.ts";
import { Mirror, type StockEvent } from "./examples/mirror.ts";
import { isAuthentic } from "./examples/verify-webhook.ts";
import { withTypes } from "./write-events.ts";

const secret = newSecret();
const other = newSecret();
const body = JSON.stringify({ data: { name: "Hafer 🌾" } });
const timestamp = 1_795_426_200;
const headers = signatureHeaders([other, secret], { id: "e-1", timestamp, body });

interface Case {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly nowS: number;
  readonly secret: string;
}

const usual: Case = { headers, body, nowS: timestamp, secret };
const { "webhook-signature": _, ...unsigned } = headers;
const cases: readonly (readonly [string, boolean, Case])[] = [
  ["as it was sent", true, usual],
  ["signed with the other secret too", true, { ...usual, secret: other }],
  ["with another body", false, { ...usual, body: `${body} ` }],
  ["with another id", false, { ...usual, headers: { ...headers, "webhook-id": "e-2" } }],
  ["with another time", false, { ...usual, headers: { ...headers, "webhook-timestamp": String(timestamp + 1) } }],
  ["with no time", false, { ...usual, headers: { ...headers, "webhook-timestamp": "now" } }],
  ["recorded long ago", false, { ...usual, nowS: timestamp + 3600 }],
  ["with another secret", false, { ...usual, secret: newSecret() }],
  ["with no signature", false, { ...usual, headers: unsigned }],
  ["with a signature of another length", false, { ...usual, headers: { ...headers, "webhook-signature": "v1,AAAA" } }],
];

describe("a webhook's request", () => {
  it.each(cases)("%s is authentic: %s, to the example in TypeScript", (_name, authentic, given) => {
    expect(isAuthentic(given.headers, given.body, given.secret, given.nowS * 1000)).toBe(authentic);
  });

  it("is judged alike by the example in Python", () => {
    const script = `
import json, sys
sys.path.insert(0, sys.argv[1])
from verify_webhook import is_authentic
cases = json.load(sys.stdin)
print(json.dumps([is_authentic(c["headers"], c["body"].encode(), c["secret"], c["nowS"]) for c in cases]))`;
    const folder = fileURLToPath(new URL("examples", import.meta.url));
    const output = execFileSync("python3", ["-B", "-c", script, folder], {
      input: JSON.stringify(cases.map(([, , given]) => given)),
      encoding: "utf8",
    });
    expect(JSON.parse(output)).toEqual(cases.map(([, authentic]) => authentic));
  });
});

describe("the page about events", () => {
  it("lists every type: npm run docs writes it anew", () => {
    const page = readFileSync(new URL("events.md", import.meta.url), "utf8");
    expect(withTypes(page)).toBe(page);
  });
});

describe("a mirror of stock", () => {
  const event = (seq: number, on_hand: number, place: string): StockEvent => {
    const level = { on_hand, reserved: 0, blocked: 0, available: on_hand };
    const data = { sku: "OAT", site: "lyon", ...level, places: [{ place, ...level }] };
    return { type: "io.tallygate.stock.changed.v1", sequence: String(seq).padStart(20, "0"), data };
  };

  it("is the same in whatever order events come, and however often", () => {
    const events = [event(9, 1, "a"), event(10, 2, "b"), event(11, 0, "a"), event(100, 5, "b")];
    const orders = [events, [...events].reverse(), [...events, ...events], [events[3], ...events]];
    for (const order of orders) {
      const mirror = new Mirror();
      for (const each of order) if (each !== undefined) mirror.take(each);
      expect([...mirror.places()]).toEqual([["lyon b OAT", { on_hand: 5, reserved: 0, blocked: 0 }]]);
      expect([...mirror.totals()]).toEqual([["lyon OAT", { on_hand: 5, reserved: 0, blocked: 0 }]]);
    }
  });
});
