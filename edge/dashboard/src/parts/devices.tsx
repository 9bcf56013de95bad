import type { Device } from "../wire.ts";
import { ago, count, exact } from "../words.ts";
import { Antennas } from "./antennas.tsx";
import { ScannerMode } from "./scanner-mode.tsx";

const states = {
  connected: { tone: "confirmed", sign: "●", word: "connected" },
  waiting: { tone: "history", sign: "○", word: "waiting" },
  silent: { tone: "person", sign: "▲", word: "silent" },
  failed: { tone: "lost", sign: "■", word: "lost" },
} as const;

interface Props {
  readonly devices: readonly Device[];
  readonly now: number;
  readonly zone: string;
}

export function Devices({ devices, now, zone }: Props) {
  return (
    <section aria-label="Devices" class="devices">
      {devices.map(device => {
        const state = states[device.state];
        return (
          <article key={device.id} class={state.tone}>
            <h2>
              {device.id} <small>{device.places.join(", ")}</small>
            </h2>
            <p class="big">
              {count(Math.round(device.readings_per_s))}
              <small> readings/s</small>
            </p>
            <p title={exact(device.last_heard, zone)}>
              <span aria-hidden="true">{state.sign}</span> {state.word},{" "}
              {device.last_heard === undefined ? "nothing heard yet" : `heard ${ago(device.last_heard, now)}`}
            </p>
            <p class="history">
              {device.driver} · {count(device.readings)} in all
              {device.refused > 0 ? ` · ${count(device.refused)} refused` : ""}
              {skew(device)}
            </p>
            {device.detail === undefined ? null : <p>{device.detail}</p>}
            <Antennas device={device} now={now} zone={zone} />
            {device.scanner === undefined ? null : <ScannerMode id={device.id} scanner={device.scanner} />}
          </article>
        );
      })}
    </section>
  );
}

/** A clock that is off by less than a second is nobody's business. */
function skew(device: Device): string {
  const skewMs = device.clock_skew_ms ?? 0;
  return Math.abs(skewMs) < 1000 ? "" : ` · clock ${(skewMs / 1000).toFixed(1)} s off, corrected`;
}
