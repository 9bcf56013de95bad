import { createMetrics } from "@tallygate/kit";
import { Gauge, Histogram, type Registry } from "prom-client";
import type { SiteView } from "../site-view.ts";

export interface EdgeMetrics {
  readonly registry: Registry;
  readonly commitSeconds: Histogram;
}

/** Numbers for Prometheus. They are taken when they are asked for, except how long commits take. */
export function createEdgeMetrics(view: SiteView): EdgeMetrics {
  const registry = createMetrics();
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number) => {
    new Gauge({
      name: `tallygate_edge_${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  };
  gauge("inbox_waiting", "Readings that wait for their commit", () => view.inbox.waiting);
  gauge("held_deliveries", "Deliveries held back because the inbox is full", () => view.intake.held);
  gauge("outbox_waiting", "Movements that the centre has not confirmed", () => view.counts().waiting);
  gauge("exceptions_open", "Exceptions that wait for a person", () => view.counts().exceptionsOpen);
  gauge("movements_total", "Movements of this opening of the store", () => view.counts().lastSeq);
  gauge("link_up", "Whether the centre is reached", () => (view.link().state === "sending" ? 1 : 0));
  gauge("storing", "Whether readings can be stored", () => (view.inbox.failure === undefined ? 1 : 0));
  gauge("mqtt_connections", "Clients of the site's broker", () => view.broker?.connections ?? 0);
  gauge("mqtt_refusals_total", "Clients and messages that the broker refused", () => view.broker?.refusals ?? 0);
  gauge("unknown_messages_total", "Messages of no configured device", () => view.intake.unknownMessages);
  deviceGauge(registry, view, "readings_total", "Readings", device => device.readings);
  deviceGauge(registry, view, "messages_total", "Messages", device => device.messages);
  deviceGauge(registry, view, "lost_total", "Readings that the device lost before us", device => device.lost);
  deviceGauge(registry, view, "up", "Whether the device is connected", device =>
    device.state === "connected" ? 1 : 0,
  );
  new Gauge({
    name: "tallygate_edge_device_refused_total",
    help: "What could not be read, by problem",
    labelNames: ["device", "code"],
    registers,
    collect() {
      for (const { id, refusedByCode } of view.devices()) {
        for (const [code, count] of refusedByCode) this.set({ device: id, code }, count);
      }
    },
  });
  const commitSeconds = new Histogram({
    name: "tallygate_edge_commit_seconds",
    help: "How long a tick's transaction takes, with its sync",
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  return { registry, commitSeconds };
}

type DeviceNumber = (device: ReturnType<SiteView["devices"]>[number]) => number;

function deviceGauge(registry: Registry, view: SiteView, name: string, help: string, value: DeviceNumber): void {
  new Gauge({
    name: `tallygate_edge_device_${name}`,
    help,
    labelNames: ["device"],
    registers: [registry],
    collect() {
      for (const device of view.devices()) this.set({ device: device.id }, value(device));
    },
  });
}
