import { limits } from "@tallygate/protocol";
import { expect, test } from "vitest";
import { cutBody, readMessage } from "./read-message.ts";
import { encoded, TestEdge } from "./testing.ts";

const subject = "tallygate.movements.3.lyon";
const withCode = (code: string) => new TestEdge("lyon").record({ code });

test("a batch is read with its hashes and what its codes stand for", () => {
  const batch = withCode("(01)09506000134352(21)1");
  const read = readMessage(subject, encoded(batch));
  expect(read).toMatchObject({ kind: "batch", things: [{ kind: "instance" }], hashes: [batch.after] });
});

test.each([
  ["not JSON", new TextEncoder().encode("junk"), "batch.unreadable"],
  ["not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), "batch.unreadable"],
  ["empty", new Uint8Array(), "batch.unreadable"],
  ["longer than a message may be", new Uint8Array(limits.messageBytesMax + 1), "batch.unreadable"],
  ["with a zero character, which PostgreSQL refuses", encoded(withCode("a\0b")), "batch.unreadable"],
  ["with half a surrogate pair", new TextEncoder().encode('{"v":1,"x":"\\ud800"}'), "batch.unreadable"],
  ["of another version", encoded({ ...withCode("x"), v: 2 }), "message.version"],
  ["of another site", encoded(new TestEdge("oslo").record({})), "batch.subject"],
])("a message %s is refused and keeps its bytes", (_, data, code) => {
  expect(readMessage(subject, data)).toMatchObject({ kind: "refused", site: "lyon", problem: { code }, data });
});

test.each(["\u{1f4e6}", "a\\u0000b", 'quote " and \\ and \n'])("the code %j is no reason to refuse", code => {
  const batch = withCode(code);
  expect(readMessage(subject, encoded(batch))).toMatchObject({ kind: "batch", hashes: [batch.after] });
  const escaped = JSON.stringify(batch).replace(/[\u{10000}-\u{10ffff}]/gu, pair =>
    [...Array(2).keys()].map(half => `\\u${pair.charCodeAt(half).toString(16)}`).join(""),
  );
  expect(readMessage(subject, new TextEncoder().encode(escaped))).toMatchObject({ kind: "batch" });
});

test("an exception keeps all of what may be a message, and the beginning of what is longer, with its length", () => {
  const kept = (bytes: number) => {
    const { body, bodyBytes } = cutBody(new Uint8Array(bytes));
    return [body.length, bodyBytes];
  };
  expect(kept(limits.messageBytesMax)).toEqual([limits.messageBytesMax, limits.messageBytesMax]);
  expect(kept(limits.messageBytesMax + 1)).toEqual([limits.exceptionBytesMax, limits.messageBytesMax + 1]);
});
