/** Times as people say them; the exact one belongs in the title of the same element. */
export function ago(time: string | number | undefined, now: number): string {
  if (time === undefined) return "never";
  const seconds = Math.max(0, Math.round((now - new Date(time).getTime()) / 1000));
  if (seconds < 2) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

export function clock(time: string | number, timeZone: string): string {
  return new Date(time).toLocaleTimeString("en-GB", { timeZone, hour12: false });
}

export function exact(time: string | number | undefined, timeZone: string): string {
  return time === undefined ? "" : `${new Date(time).toLocaleString("en-GB", { timeZone })} ${timeZone}`;
}

const counted = new Intl.NumberFormat("en", { useGrouping: true });
export function count(value: number): string {
  return counted.format(value).replaceAll(",", "\u202f");
}

export function things(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A signed difference: `+3`, `−2`, or nothing for zero. */
export function difference(value: number): string {
  if (value === 0) return "";
  return value > 0 ? `+${count(value)}` : `−${count(-value)}`;
}

const directions: Readonly<Record<string, string>> = { supplier: "in", customer: "out", loss: "lost", found: "found" };

/** Which way a movement goes, as seen from the site. */
export function direction(from: string, to: string): "in" | "out" | "move" | "lost" | "found" {
  if (to === "customer") return "out";
  if (to === "loss") return "lost";
  const word = directions[from];
  return word === "in" || word === "found" ? word : from === "customer" ? "in" : "move";
}
