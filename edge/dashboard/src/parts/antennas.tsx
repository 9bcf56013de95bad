import type { Device } from "../wire.ts";
import { ago, exact } from "../words.ts";

interface Props {
  readonly device: Device;
  readonly now: number;
  readonly zone: string;
}

/** How each antenna hears: one that used to and does not any more stands out. */
export function Antennas({ device, now, zone }: Props) {
  const health = (device.antenna_health ?? []).toSorted((a, b) => a.antenna - b.antenna);
  const heard = new Set(health.map(({ antenna }) => antenna));
  const unplugged = Object.entries(device.antennas ?? {}).filter(([antenna, on]) => !on && !heard.has(Number(antenna)));
  if (health.length + unplugged.length === 0) return null;
  return (
    <ul class="antennas" aria-label={`Antennas of ${device.id}`}>
      {health.map(({ antenna, silent, last_heard, rssi_mean_dbm: dbm }) => {
        const isOff = device.antennas?.[String(antenna)] === false;
        const isWell = !silent && !isOff;
        return (
          <li key={antenna} class={isWell ? "history" : "person"} title={exact(last_heard, zone)}>
            <span aria-hidden="true">{isWell ? "●" : "▲"}</span> antenna {antenna}{" "}
            {isOff
              ? "not connected"
              : silent
                ? `silent, heard ${ago(last_heard, now)}`
                : dbm === undefined
                  ? "hears"
                  : `−${Math.round(Math.abs(dbm))} dBm`}
          </li>
        );
      })}
      {unplugged.map(([antenna]) => (
        <li key={antenna} class="person">
          <span aria-hidden="true">▲</span> antenna {antenna} not connected
        </li>
      ))}
    </ul>
  );
}
