import { expect, test } from "vitest";
import { nearest, nearestFew } from "./nearest.ts";

const known = ["http", "mqtt", "nats", "site", "devices"];

test.each([
  ["htpp", "http"],
  ["HTTP", "http"],
  ["device", "devices"],
  ["sites", "site"],
  ["nat", "nats"],
  ["mtqt", "mqtt"],
  ["iste", "site"],
])("%s means %s", (written, meant) => {
  expect(nearest(written, known)).toBe(meant);
});

test.each(["colour", "x", "", "postgres"])("%j is near nothing", written => {
  expect(nearest(written, known)).toBeUndefined();
});

test("several are given the closest first", () => {
  expect(nearestFew("listens", ["listens_on", "listen", "listener", "silent"], 2)).toEqual(["listen", "listener"]);
});
