import { useEffect, useReducer, useRef } from "preact/hooks";
import type { Device, Exception, Lists, Movement, NewDevice, Status, StockLine } from "./wire.ts";

/** What the page knows. `heardAt` is when the edge was last heard; everything shown is as of then. */
export interface Live {
  readonly status?: Status;
  readonly devices: readonly Device[];
  readonly newDevices: readonly NewDevice[];
  readonly lists?: Lists;
  readonly movements: readonly Movement[];
  readonly exceptions: readonly Exception[];
  readonly stock: readonly StockLine[];
  readonly query: string;
  readonly heardAt?: number;
  /** Since when the edge does not answer; absent while it does. */
  readonly lostAt?: number | undefined;
}

type Part = Partial<Omit<Live, "query">> | { readonly query: string };

const empty: Live = { devices: [], newDevices: [], movements: [], exceptions: [], stock: [], query: "" };

/** Rows of movements that the page asks for: more than a screen, far from slow. */
const movementsShown = 100;
/** After a change was told, the page waits this long for others before it asks: four times a second is live enough. */
const gatherMs = 250;
/** If nothing is told for this long, the page asks anyway, so that "2 s ago" never freezes. */
const idleMs = 5000;

/**
 * Keeps the page in step with its edge. The event stream only says that something has changed; the page then asks for the
 * state, so a lost event does no harm and there is one way by which data comes in.
 */
export function useLive(): {
  readonly live: Live;
  readonly search: (query: string) => void;
  readonly refresh: () => void;
} {
  const [live, change] = useReducer((state: Live, part: Part): Live => ({ ...state, ...part }), empty);
  const query = useRef("");
  const asked = useRef<() => void>(() => undefined);

  useEffect(() => {
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking = false;
    let again = false;

    const ask = async () => {
      if (ended) return;
      clearTimeout(timer);
      if (asking) {
        again = true;
        return;
      }
      asking = true;
      change(await fetchAll(query.current));
      asking = false;
      timer = setTimeout(() => void ask(), again ? gatherMs : idleMs);
      again = false;
    };
    const told = () => {
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), gatherMs);
    };
    asked.current = () => void ask();

    const stream = new EventSource("/api/stream");
    for (const event of ["status", "movement", "device", "stock", "exception", "list"])
      stream.addEventListener(event, told);
    stream.addEventListener("open", () => void ask());
    stream.addEventListener("error", () => void ask());
    void ask();
    return () => {
      ended = true;
      clearTimeout(timer);
      stream.close();
    };
  }, []);

  const search = (text: string) => {
    query.current = text;
    change({ query: text });
    asked.current();
  };
  return { live, search, refresh: () => asked.current() };
}

async function fetchAll(query: string): Promise<Part> {
  try {
    const [status, devices, news, lists, movements, exceptions, stock] = await Promise.all([
      get<Status>("/api/status"),
      get<{ devices: Device[] }>("/api/devices"),
      get<{ devices: NewDevice[] }>("/api/devices/new"),
      get<Lists>("/api/lists"),
      get<{ movements: Movement[] }>(`/api/movements?limit=${movementsShown}`),
      get<{ exceptions: Exception[] }>("/api/exceptions?limit=20"),
      get<{ stock: StockLine[] }>(`/api/stock?limit=100&q=${encodeURIComponent(query)}`),
    ]);
    return {
      status,
      devices: devices.devices,
      newDevices: news.devices,
      lists,
      movements: movements.movements,
      exceptions: exceptions.exceptions,
      stock: stock.stock,
      heardAt: Date.now(),
      lostAt: undefined,
    };
  } catch {
    return { lostAt: Date.now() };
  }
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(path, { signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}
