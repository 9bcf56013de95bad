import { useEffect, useRef, useState } from "preact/hooks";
import { useLive } from "./live.ts";
import { Devices } from "./parts/devices.tsx";
import { Exceptions } from "./parts/exceptions.tsx";
import { Header } from "./parts/header.tsx";
import { Lists } from "./parts/lists.tsx";
import { Movements } from "./parts/movements.tsx";
import { NewDevices } from "./parts/new-devices.tsx";
import { Stock } from "./parts/stock.tsx";

export function App() {
  const { live, search, refresh } = useLive();
  const now = useNow();
  const searchBox = useRef<HTMLInputElement>(null);
  useKeys({
    "/": () => searchBox.current?.focus(),
    "g s": () => searchBox.current?.focus(),
    "g l": () => goTo("Lists"),
    "g m": () => goTo("Latest movements"),
    "g d": () => goTo("Devices"),
    "g r": () => goTo("To look at"),
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
        <Lists live={live} now={now} zone={zone} />
        <NewDevices devices={live.newDevices} now={now} zone={zone} refresh={refresh} />
        <Devices devices={live.devices} now={now} zone={zone} />
        <div class="columns">
          <Movements movements={live.movements} loaded={live.status !== undefined} zone={zone} />
          <Stock stock={live.stock} query={live.query} search={search} searchBox={searchBox} />
        </div>
        <Exceptions exceptions={live.exceptions} now={now} zone={zone} />
      </main>
      <footer>
        Times are {zone}. <kbd>/</kbd> searches the stock, <kbd>Esc</kbd> clears; <kbd>g</kbd> then <kbd>l</kbd> goes to
        the lists, <kbd>m</kbd> to the movements, <kbd>d</kbd> to the devices, <kbd>r</kbd> to what is to be looked at.{" "}
        <a href="/api/status">API</a> <a href="/metrics">Metrics</a>
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

/** Brings a part of the page into view, and the keyboard with it. */
function goTo(label: string): void {
  const part = document.querySelector<HTMLElement>(`section[aria-label="${label}"]`);
  if (part === null) return;
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
  part.scrollIntoView({ block: "start" });
}

/** After `g`, the next key says where to go, unless it comes later than this. */
const secondKeyMs = 1500;

function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    let goSince = Number.NEGATIVE_INFINITY;
    const pressed = (event: KeyboardEvent) => {
      const { target } = event;
      const typing = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
      if (event.ctrlKey || event.metaKey || event.altKey || (typing && event.key !== "Escape")) return;
      const isSecond = event.timeStamp - goSince < secondKeyMs;
      goSince = event.key === "g" && !isSecond ? event.timeStamp : Number.NEGATIVE_INFINITY;
      const action = current.current[isSecond ? `g ${event.key}` : event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
