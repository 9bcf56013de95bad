import type { Exception } from "../wire.ts";
import { ago, count, exact } from "../words.ts";

interface Props {
  readonly exceptions: readonly Exception[];
  readonly now: number;
  readonly zone: string;
}

export function Exceptions({ exceptions, now, zone }: Props) {
  if (exceptions.length === 0) return null;
  return (
    <section aria-label="To look at">
      <h2>To look at</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div class="scroll" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th>Last</th>
              <th>Device</th>
              <th>What is wrong</th>
              <th class="number">Times</th>
              <th>Code</th>
            </tr>
          </thead>
          <tbody>
            {exceptions.map(exception => (
              <tr key={exception.id}>
                <td title={exact(exception.last_time, zone)}>{ago(exception.last_time, now)}</td>
                <td>{exception.device ?? "–"}</td>
                <td>{exception.detail}</td>
                <td class="number">{count(exception.count)}</td>
                <td class="person">
                  <span aria-hidden="true">▲</span> {exception.problem}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
