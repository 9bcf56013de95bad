import { useRef, useState } from "preact/hooks";
import type { Movement } from "../wire.ts";
import { clock, count, direction, exact } from "../words.ts";

const arrows = { in: "▶", out: "◀", move: "→", lost: "✕", found: "+" } as const;

interface Props {
  readonly movements: readonly Movement[];
  readonly loaded: boolean;
  readonly zone: string;
}

/** The latest movements. While someone points at the list it stands still and says how many wait above. */
export function Movements({ movements, loaded, zone }: Props) {
  const [reading, setReading] = useState(false);
  const frozen = useRef(movements);
  if (!reading) frozen.current = movements;
  const shown = frozen.current;
  const fresh = reading ? newerThan(movements, shown[0]) : 0;
  return (
    <section
      aria-label="Latest movements"
      onMouseEnter={() => setReading(true)}
      onMouseLeave={() => setReading(false)}
      onFocusIn={() => setReading(true)}
      onFocusOut={() => setReading(false)}
    >
      <h2>
        Movements <small aria-live="polite">{fresh > 0 ? `${fresh} new` : ""}</small>
      </h2>
      {shown.length === 0 ? (
        <p class="history">{loaded ? "No movement yet. Bring a tag to a gate, or scan something." : " "}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <div class="scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>Time</th>
                <th>Way</th>
                <th>What</th>
                <th class="number">Quantity</th>
                <th>From → to</th>
                <th>Centre</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(movement => (
                <Row key={`${movement.epoch}/${movement.seq}`} movement={movement} zone={zone} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ movement, zone }: { readonly movement: Movement; readonly zone: string }) {
  const way = direction(movement.from, movement.to);
  const pending = movement.state === "pending";
  return (
    <tr>
      <td title={exact(movement.event_time, zone)}>{clock(movement.event_time, zone)}</td>
      <td class="short">
        <span aria-hidden="true">{arrows[way]}</span> {way}
      </td>
      <td title={movement.code}>
        {movement.name ?? movement.sku ?? <code>{movement.code}</code>}
        {movement.name === undefined ? null : <small> {movement.sku}</small>}
      </td>
      <td class="number">{count(movement.quantity)}</td>
      <td>
        {movement.from} → {movement.to}
      </td>
      <td class={pending ? "short pending" : "short confirmed"}>{pending ? "◌ pending" : "✓ confirmed"}</td>
    </tr>
  );
}

function newerThan(movements: readonly Movement[], top: Movement | undefined): number {
  if (top === undefined) return movements.length;
  const at = movements.findIndex(movement => movement.epoch === top.epoch && movement.seq === top.seq);
  return at < 0 ? movements.length : at;
}
