import { createLog } from "@tallygate/kit";
import { expect, test, vi } from "vitest";
import { type RecordingBroker, startRecordingBroker } from "./broker.fixture.ts";
import { ReaderLink, type ReaderLinkOptions } from "./reader-link.ts";

const log = createLog("sim", "silent");

function openLink(broker: RecordingBroker, options: Partial<ReaderLinkOptions> = {}): ReaderLink {
  return new ReaderLink({
    clientId: "reader",
    mqtt: { url: broker.url },
    bufferMax: 10_000,
    inflightMax: 20,
    log,
    ...options,
  });
}

function send(link: ReaderLink, from: number, to: number): void {
  for (let number = from; number < to; number++) link.send("a/tags", String(number), 1);
}

function numbers(broker: RecordingBroker): number[] {
  return broker.answered.filter(({ topic }) => topic === "a/tags").map(({ payload }) => Number(payload));
}

const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

test("every message arrives although the broker is killed again and again in the middle of it", async () => {
  await using broker = await startRecordingBroker();
  await using link = openLink(broker);
  let sent = 0;
  for (const answers of [0, 1, 57, 130, 3]) {
    broker.answerOnly(answers);
    const before = broker.answered.length;
    send(link, sent, sent + 200);
    sent += 200;
    await vi.waitFor(() => expect(broker.answered.length).toBe(before + answers), { timeout: 10_000 });
    await broker.kill();
    send(link, sent, sent + 50);
    sent += 50;
    await broker.start();
  }
  await link.settle(AbortSignal.timeout(20_000));
  expect(link.counts()).toMatchObject({ made: sent, answered: sent, pending: 0 });
  expect(link.counts().resent).toBeGreaterThan(0);
  expect([...new Set(numbers(broker))].toSorted((left, right) => left - right)).toEqual(upTo(sent));
});

test("messages are sent again in their order, before newer ones", async () => {
  await using broker = await startRecordingBroker();
  broker.answerOnly(0);
  await using link = openLink(broker);
  send(link, 0, 30);
  await vi.waitFor(() => expect(link.counts().sent).toBe(20));
  await broker.kill();
  await broker.start();
  send(link, 30, 60);
  await link.settle(AbortSignal.timeout(10_000));
  expect(numbers(broker)).toEqual(upTo(60));
  expect(link.counts()).toMatchObject({ sent: 80, resent: 20 });
});

test("no more are on their way than is allowed, while the broker keeps its answers back", async () => {
  await using broker = await startRecordingBroker();
  broker.answerOnly(0);
  await using link = openLink(broker, { inflightMax: 7 });
  send(link, 0, 100);
  await vi.waitFor(() => expect(link.counts().sent).toBe(7));
  expect(link.counts()).toMatchObject({ answered: 0, pending: 100 });
});

test("a full buffer has no room until something is answered, and drops nothing", async () => {
  await using broker = await startRecordingBroker();
  await broker.kill();
  await using link = openLink(broker, { bufferMax: 100 });
  send(link, 0, 99);
  expect(link.hasRoom()).toBe(true);
  send(link, 99, 100);
  expect(link.hasRoom()).toBe(false);
  const room = link.room(AbortSignal.timeout(10_000));
  await broker.start();
  await room;
  expect(link.hasRoom()).toBe(true);
  await link.settle(AbortSignal.timeout(10_000));
  expect(numbers(broker)).toEqual(upTo(100));
});

test("a reader says that it is there, that it goes, and lets the broker say that it is lost", async () => {
  await using broker = await startRecordingBroker();
  const presence = {
    topic: "a/connection",
    connected: "connected",
    disconnected: "disconnected",
    lost: "connection lost",
  };
  const said = () => broker.answered.filter(({ topic }) => topic === "a/connection").map(({ payload }) => payload);
  const first = openLink(broker, { presence });
  await vi.waitFor(() => expect(said()).toEqual(["connected"]));
  await first[Symbol.asyncDispose]();
  await vi.waitFor(() => expect(said()).toEqual(["connected", "disconnected"]));
});

test("waiting ends when the signal aborts", async () => {
  await using broker = await startRecordingBroker();
  await broker.kill();
  await using link = openLink(broker, { bufferMax: 1 });
  send(link, 0, 1);
  await link.room(AbortSignal.timeout(20));
  await link.settle(AbortSignal.timeout(20));
  expect(link.counts().pending).toBe(1);
});
