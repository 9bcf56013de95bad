import type { Live } from "../live.ts";
import type { List } from "../wire.ts";
import { ago, clock, count, exact } from "../words.ts";

interface Props {
  readonly live: Live;
  readonly now: number;
  readonly zone: string;
}

/** One card a door, to be read from five metres: what goes there, how far it is, and what is missing. */
export function Lists({ live, now, zone }: Props) {
  const { lists, status } = live;
  if (lists === undefined) return <section aria-label="Lists" class="lists" />;
  return (
    <section aria-label="Lists" class="lists" tabIndex={-1} id="lists">
      <h2>
        Lists <Age live={live} zone={zone} />
      </h2>
      {lists.lists.length === 0 ? (
        <p class="history">{emptyText(lists.told_at !== undefined, status?.link.state === "up")}</p>
      ) : (
        <div class="doors">
          {lists.lists.map(list => (
            <Door key={list.id} list={list} now={now} zone={zone} />
          ))}
        </div>
      )}
      {lists.cut ? <p class="person">▲ There are more lists, or longer ones, than can be shown here.</p> : null}
    </section>
  );
}

function emptyText(isTold: boolean, isUp: boolean): string {
  if (isTold) return "No list is open. When one is opened for a door or a wave, it appears here.";
  return isUp
    ? "The centre has not told which lists are open yet."
    : "Which lists are open is not known: there has been no link to the centre yet.";
}

/** Without a link the lists are as old as it; what passes here is counted all the same. */
function Age({ live, zone }: { readonly live: Live; readonly zone: string }) {
  const told = live.lists?.told_at;
  if (live.status === undefined || live.status.link.state === "up" || told === undefined) return null;
  return (
    <small class="pending" title={exact(told, zone)}>
      ◌ as the centre told them at {clock(told, zone)}; no link since {clock(live.status.link.since, zone)}, what passes
      here counts on
    </small>
  );
}

function Door({ list, now, zone }: { readonly list: List; readonly now: number; readonly zone: string }) {
  const { read_point: door, documents, wanted, total, complete } = list;
  const strangers = list.unexpected.reduce((sum, { quantity }) => sum + quantity, 0);
  const tone = strangers > 0 || list.over > 0 ? "person" : complete ? "confirmed" : "pending";
  return (
    <article class={tone}>
      <h3>
        {door ?? "Anywhere"}{" "}
        <small title={exact(list.opened, zone)}>
          {list.step.replaceAll("_", " ")}, opened {ago(list.opened, now)}
        </small>
      </h3>
      <p class="what">
        {documents.map(({ kind, number, partner }) => [kind, number, partner].filter(Boolean).join(" ")).join(" · ")}
      </p>
      <p class="count">
        {count(total)}
        <span>/{count(wanted)}</span>
      </p>
      <Bar list={list} />
      <p class="verdict">{verdict(list, strangers)}</p>
      {list.unexpected.length === 0 ? null : (
        <ul class="person">
          {list.unexpected.map(({ sku, name, code, quantity }) => (
            <li key={sku ?? code}>
              ▲ {count(quantity)} × {name ?? code} {sku === undefined ? null : <small>{sku}</small>}
            </li>
          ))}
        </ul>
      )}
      {list.lines.length === 0 ? null : <Walk list={list} />}
    </article>
  );
}

function verdict({ complete, wanted, total, over }: List, strangers: number): string {
  const parts = complete ? ["✓ complete"] : [`◌ ${count(wanted - total)} missing`];
  if (over > 0) parts.push(`▲ ${count(over)} too many`);
  if (strangers > 0) parts.push(`▲ ${count(strangers)} not on this list`);
  return parts.join(" · ");
}

/** What the centre has counted, and behind it what only this site knows yet. */
function Bar({ list }: { readonly list: List }) {
  const { wanted, total } = list;
  const share = (quantity: number) => `${wanted === 0 ? 100 : (100 * quantity) / wanted}%`;
  const confirmed = Math.min(total, list.confirmed);
  return (
    <div
      class="bar"
      role="progressbar"
      aria-label={`${list.read_point ?? list.step}: ${total} of ${wanted}`}
      aria-valuemin={0}
      aria-valuemax={Math.max(1, wanted)}
      aria-valuenow={total}
    >
      <div class="ground-confirmed" style={{ width: share(confirmed) }} />
      <div class="ground-pending" style={{ width: share(total - confirmed) }} />
    </div>
  );
}

/** What is still to be done, in walking order. */
function Walk({ list }: { readonly list: List }) {
  const hasPlaces = list.lines.some(({ place }) => place !== undefined);
  const hasDocuments = list.documents.length > 1;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div class="scroll walk" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {hasPlaces ? <th>Place</th> : null}
            <th>Missing</th>
            {hasDocuments ? <th>For</th> : null}
            <th class="number">Quantity</th>
          </tr>
        </thead>
        <tbody>
          {list.lines.map(({ document, line, sku, name, place, quantity }) => (
            <tr key={`${document}/${line}/${place}`}>
              {hasPlaces ? <td class="short">{place ?? "–"}</td> : null}
              <td>
                {name ?? sku} {name === undefined ? null : <small>{sku}</small>}
              </td>
              {hasDocuments ? <td class="short">{document}</td> : null}
              <td class="number">
                <strong>{count(quantity)}</strong>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
