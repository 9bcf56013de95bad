import type { RefObject } from "preact";
import type { StockLine } from "../wire.ts";
import { count, difference } from "../words.ts";

interface Props {
  readonly stock: readonly StockLine[];
  readonly query: string;
  readonly search: (query: string) => void;
  readonly searchBox: RefObject<HTMLInputElement | null>;
}

/** Stock at this site: what the centre confirmed, and what this site knows beyond it. */
export function Stock({ stock, query, search, searchBox }: Props) {
  // Whoever searches wants to know that there is none; whoever looks wants to see what there is.
  const shown = query === "" ? stock.filter(line => line.total !== 0 || line.pending !== 0) : stock;
  return (
    <section aria-label="Stock">
      <h2>
        <label for="search">Stock</label>
        <input
          id="search"
          ref={searchBox}
          type="search"
          placeholder="SKU, name or code ( / )"
          autocomplete="off"
          value={query}
          onInput={event => search(event.currentTarget.value)}
        />
      </h2>
      {shown.length === 0 ? (
        <p class="history">{query === "" ? "No stock yet." : `Nothing here is called “${query}”.`}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <div class="scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>Item</th>
                <th>Where</th>
                <th class="number">Here</th>
                <th class="number">pending</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(line => (
                <Item key={line.sku ?? line.class_key} line={line} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Item({ line }: { readonly line: StockLine }) {
  const places = line.places.filter(place => place.total !== 0 || place.pending !== 0);
  return (
    <tr>
      <td>
        {line.name ?? <code>{line.class_key}</code>} <small>{line.sku ?? "not in the catalogue"}</small>
      </td>
      <td>{places.map(place => `${place.place} ${count(place.total)}`).join(", ")}</td>
      <td class="number">
        <strong>{count(line.total)}</strong>
      </td>
      <td class="number pending">{difference(line.pending)}</td>
    </tr>
  );
}
