import { describe, expect, test } from "vitest";
import { z } from "zod";
import { formatHostPort, isLoopback, Listen, LoopbackListen } from "./listen.ts";

describe("Listen", () => {
  test.each([
    ["127.0.0.1:8081", { host: "127.0.0.1", port: 8081 }],
    ["0.0.0.0:0", { host: "0.0.0.0", port: 0 }],
    ["[::1]:65535", { host: "::1", port: 65535 }],
    ["edge-1.site.example:80", { host: "edge-1.site.example", port: 80 }],
    [" localhost:1 ", { host: "localhost", port: 1 }],
  ])("%s is an address", (text, expected) => {
    const parsed = Listen.parse(text);
    expect(parsed).toEqual(expected);
    expect(formatHostPort(parsed)).toBe(text.trim());
  });

  test.each([
    "8081",
    ":8081",
    "127.0.0.1",
    "127.0.0.1:65536",
    "127.0.0.1:http",
    "::1:80",
    "[127.0.0.1]:80",
    "a b:1",
    "",
  ])("%j is refused with the form that is allowed", text => {
    expect(Listen.safeParse(text).error?.issues[0]?.message).toMatch(/write HOST:PORT/);
  });

  test("a default is written as text", () => {
    const schema = z.strictObject({ listen: Listen.prefault("127.0.0.1:8080") });
    expect(schema.parse({})).toEqual({ listen: { host: "127.0.0.1", port: 8080 } });
  });
});

describe("loopback", () => {
  test.each(["127.0.0.1", "127.9.9.9", "localhost", "LOCALHOST", "::1", "::ffff:127.0.0.1"])("%s is", host => {
    expect(isLoopback(host)).toBe(true);
  });

  test.each([
    "0.0.0.0",
    "::",
    "192.168.1.4",
    "128.0.0.1",
    "127.0.0.1.example.com",
    "localhost.example.com",
    "127.1",
    "",
  ])("%s is not", host => {
    expect(isLoopback(host)).toBe(false);
  });

  test("another host is refused with what to do", () => {
    const message = LoopbackListen.safeParse("0.0.0.0:8081").error?.issues[0]?.message;
    expect(message).toContain("on loopback only until sign-in is configured");
    expect(message).toContain("use 127.0.0.1:8081 and a reverse proxy that asks for credentials");
    expect(LoopbackListen.parse("[::1]:8081")).toEqual({ host: "::1", port: 8081 });
  });
});
