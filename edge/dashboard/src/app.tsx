import { useEffect, useRef, useState } from "preact/hooks";
import { useLive } from "./live.ts";
import { Devices } from "./parts/devices.tsx";
import { Exceptions } from "./parts/exceptions.tsx";
import { Header } from "./parts/header.tsx";
import { Movements } from "./parts/movements.tsx";
import { Stock } from "./parts/stock.tsx";

export function App() {
  const { live, search } = useLive();
  const now = useNow();
  const searchBox = useRef<HTMLInputElement>(null);
  useKeys({
    "/": () => searchBox.current?.focus(),
    Escape: () => {
      search("");
      searchBox.current?.blur();
    },
  });
  const zone = live.status?.time_zone ?? "UTC";
  return (
    <>
      <Header live={live} now={now} />
      <main>
        <Devices devices={live.devices} now={now} zone={zone} />
        <div class="columns">
          <Movements movements={live.movements} loaded={live.status !== undefined} zone={zone} />
          <Stock stock={live.stock} query={live.query} search={search} searchBox={searchBox} />
        </div>
        <Exceptions exceptions={live.exceptions} now={now} zone={zone} />
      </main>
      <footer>
        Times are {zone}. <kbd>/</kbd> searches the stock, <kbd>Esc</kbd> clears. <a href="/api/status">API</a>{" "}
        <a href="/metrics">Metrics</a>
      </footer>
    </>
  );
}

/** The present, once a second, for "2 s ago". */
function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement;
      if (event.ctrlKey || event.metaKey || event.altKey || (typing && event.key !== "Escape")) return;
      const action = current.current[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
