import { describe, expect, it } from "vitest";
import { hashPassword, ScryptHash, verifyPassword } from "./password.ts";

describe("passwords of devices", () => {
  it("are known again from their hash, and no other is", async () => {
    const hash = await hashPassword("très secret");
    expect(hash).toMatch(/^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(hash).not.toContain("secret");
    expect(ScryptHash.safeParse(hash).success).toBe(true);
    expect(await verifyPassword("très secret", hash)).toBe(true);
    expect(await verifyPassword(Buffer.from("très secret"), hash)).toBe(true);
    expect(await verifyPassword("tres secret", hash)).toBe(false);
    expect(await verifyPassword("", hash)).toBe(false);
    expect(await hashPassword("très secret")).not.toBe(hash);
  });

  it("are read from a hash that was made elsewhere (RFC 7914, 12)", async () => {
    const key = "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162";
    const salt = Buffer.from("NaCl").toString("base64url");
    const hash = `scrypt$1024$8$16$${salt}$${Buffer.from(key, "hex").toString("base64url")}`;
    expect(await verifyPassword("password", hash)).toBe(true);
    expect(await verifyPassword("Password", hash)).toBe(false);
  });

  it.each([
    ["plain text", "secret"],
    ["a cost that is no power of two", `scrypt$1000$8$1$${"A".repeat(22)}$${"A".repeat(43)}`],
    ["a cost that would fill the memory", `scrypt$4194304$32$1$${"A".repeat(22)}$${"A".repeat(43)}`],
  ])("are refused in the configuration as %s", (_, text) => {
    expect(ScryptHash.safeParse(text).success).toBe(false);
  });
});
