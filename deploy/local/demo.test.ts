import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { readDemo } from "./demo.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const demo = readDemo(root, "/home");

const Edge = z.looseObject({
  site: z.string(),
  devices: z.array(z.looseObject({ id: z.string(), topic: z.union([z.string(), z.array(z.string())]).optional() })),
});

test("each site's edge hears every device that the simulator has there, under its own topics", () => {
  for (const { site, edge } of demo.sites) {
    const { devices } = Edge.parse(edge);
    for (const simulated of demo.scenario.sites[site]?.devices ?? []) {
      const heard = devices.find(({ id }) => id === simulated.id);
      expect(heard, `${site}/${simulated.id}`).toMatchObject({ driver: simulated.driver });
      if (simulated.topic !== undefined) expect(heard?.topic).toContain(simulated.topic);
    }
  }
});

test("edge and simulated scanner hold the two ends of one cable", () => {
  const scanners = Object.entries(demo.scenario.sites).flatMap(([site, { devices }]) =>
    devices.filter(({ driver }) => driver === "serial-scanner").map(device => ({ site, device })),
  );
  expect(scanners.length).toBeGreaterThan(0);
  for (const { site, device } of scanners) {
    const place = demo.sites.find(each => each.site === site);
    const cable = place?.cables.find(({ hand }) => hand === device.port);
    expect(cable).toBeDefined();
    expect(Edge.parse(place?.edge).devices).toContainEqual(
      expect.objectContaining({ id: device.id, port: cable?.edge }),
    );
  }
});

test("a gate takes from where the scenario's things come, and gives to where they go", () => {
  const gates = Object.fromEntries(Edge.parse(demo.sites[0]?.edge).devices.map(device => [device.id, device]));
  expect(gates["dock-1"]).toMatchObject({ read_points: [{ place: "dock-1", from: "supplier" }] });
  expect(gates["inner-1"]).toMatchObject({ read_points: [{ place: "storage", from: "dock-1" }] });
  expect(gates["dock-2"]).toMatchObject({ read_points: [{ place: "dock-2", from: "storage", to: "customer" }] });
  expect(gates["bench-in"]).toMatchObject({ mode: "receive", place: "bench" });
  expect(gates["bench-out"]).toMatchObject({ mode: "ship", place: "bench" });
});
