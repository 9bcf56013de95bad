import type { Account, BizStep } from "@tallygate/protocol";

/** What a scan does. `docs/scanner-commands.md` describes each for those who scan. */
export const scanModes = ["receive", "ship", "pick", "move", "count", "look_up"] as const;
export type ScanMode = (typeof scanModes)[number];

/** Where goods go in a mode: `here` is the scanner's place, `scanned` is a place that is scanned before and after the goods. */
interface ModeRoute {
  readonly from: "here" | "scanned" | "supplier";
  readonly to: "here" | "scanned" | "customer";
  readonly bizStep: BizStep;
}

/** A mode without a route moves nothing. */
const routes: Readonly<Record<ScanMode, ModeRoute | undefined>> = {
  receive: { from: "supplier", to: "here", bizStep: "receiving" },
  ship: { from: "here", to: "customer", bizStep: "shipping" },
  pick: { from: "here", to: "customer", bizStep: "picking" },
  move: { from: "scanned", to: "scanned", bizStep: "storing" },
  count: undefined,
  look_up: undefined,
};

export function movesGoods(mode: ScanMode): boolean {
  return routes[mode] !== undefined;
}

export function stepOf(mode: ScanMode): BizStep | undefined {
  return routes[mode]?.bizStep;
}

/** The accounts between which a scan in this mode moves at a place; nothing where these are scanned, or nothing moves. */
export function routeAt(mode: ScanMode, place: string): { readonly from: Account; readonly to: Account } | undefined {
  const route = routes[mode];
  if (route === undefined || route.from === "scanned" || route.to === "scanned") return undefined;
  return { from: accountOf(route.from, place), to: accountOf(route.to, place) };
}

/** A place code is an account: the brands differ, the form is the same. */
function accountOf(side: string, place: string): Account {
  return (side === "here" ? place : side) as Account;
}

interface Route {
  readonly mode: "gate" | "scanner" | ScanMode;
  readonly place: string;
  readonly from?: Account | undefined;
  readonly to?: Account | undefined;
}

/** What a read point moves between as it is configured; nothing where only scanned places say so. */
export function configuredRoute({ mode, place, from, to }: Route): { from: Account; to: Account } | undefined {
  if (mode === "move" && from === undefined) return undefined;
  const usual = mode === "ship" || mode === "pick" ? routeAt(mode, place) : routeAt("receive", place);
  if (usual === undefined) return undefined;
  return { from: from ?? usual.from, to: to ?? usual.to };
}

/** The mode that a scanner has which is configured by its accounts alone. */
export function modeBetween(from: string, to: string): ScanMode {
  if (to === "customer") return "ship";
  return from === "supplier" ? "receive" : "move";
}
