import { describe, expect, test } from "vitest";
import { createAddressGuard } from "./address.ts";

const usual = createAddressGuard({ allowHttp: false, networks: [] });

describe("a webhook's address", () => {
  test.each([
    "https://shop.example.com/hooks",
    "https://shop.example.com:8443/hooks?shop=1",
    "https://93.184.215.14/",
    "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
  ])("%s is taken", text => {
    expect(usual.read(text).ok).toBe(true);
  });

  test.each([
    ["no url", /no URL/],
    [`https://shop.example.com/${"x".repeat(2_000)}`, /at most/],
    ["http://shop.example.com/", /https:/],
    ["ftp://shop.example.com/", /https:/],
    ["file:///etc/passwd", /https:/],
    ["https://user:secret@shop.example.com/", /no user/],
    ["https://shop.example.com/#part", /fragment/],
    ["https://shop.example.com:25/", /port 25/],
    ["https://127.0.0.1/", /no public/],
    ["https://0x7f.1/", /127\.0\.0\.1 is no public/],
    ["https://2130706433/", /127\.0\.0\.1 is no public/],
    ["https://[::1]/", /no public/],
    ["https://[::ffff:10.0.0.1]/", /no public/],
  ])("%s is refused", (text, words) => {
    const read = usual.read(text);
    expect(read.ok ? "taken" : `${read.problem.code} ${read.problem.detail}`).toMatch(words);
  });

  test.each([
    ["0.0.0.0", false],
    ["10.1.2.3", false],
    ["100.64.0.1", false],
    ["100.128.0.1", true],
    ["127.0.0.1", false],
    ["169.254.169.254", false],
    ["172.16.0.1", false],
    ["172.32.0.1", true],
    ["192.168.1.1", false],
    ["198.18.0.1", false],
    ["224.0.0.1", false],
    ["255.255.255.255", false],
    ["8.8.8.8", true],
    ["::", false],
    ["::1", false],
    ["::7f00:1", false],
    ["::ffff:127.0.0.1", false],
    ["::ffff:8.8.8.8", true],
    ["64:ff9b::7f00:1", false],
    ["2002:7f00:1::1", false],
    ["2001:0:1::1", false],
    ["2001:db8::1", false],
    ["fe80::1%eth0", false],
    ["fd00::1", false],
    ["fec0::1", false],
    ["ff02::1", false],
    ["2606:4700::1111", true],
    ["no address", false],
  ])("the resolved address %s is reached: %s", (address, reached) => {
    expect(usual.permits(address)).toBe(reached);
  });

  test("a network that the configuration names is reached, and http where it allows it", () => {
    const guard = createAddressGuard({ allowHttp: true, networks: ["127.0.0.0/8", "fd12::/16"] });
    expect(guard.read("http://127.0.0.1:8080/").ok).toBe(true);
    expect(["127.0.0.1", "::ffff:127.0.0.1", "fd12::1", "fd13::1", "10.0.0.1"].map(guard.permits)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
