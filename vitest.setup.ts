import { vi } from "vitest";

/**
 * A wait in a test ends as soon as what it waits for is so; how long it may take until then says something of the machine only.
 * Left to itself it gives up after a second, which a build machine with two cores now and then needs for less.
 */
const patient = { timeout: 20_000 };

const { waitFor } = vi;
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === "number" ? { timeout: options } : { ...patient, ...options });
