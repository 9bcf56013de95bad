import { isObject } from "../json-message.ts";

/** Where a value stands in an element: names and list positions, separated by dots, such as `tag.epc` or `antennas.0`. */
export type Path = readonly string[];

export function pathOf(text: string): Path {
  return text.split(".");
}

/** The value at the path, or `undefined`. Only an object's own members are looked at. */
export function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const name of path) {
    if (Array.isArray(here)) here = /^\d{1,6}$/.test(name) ? here[Number(name)] : undefined;
    else if (isObject(here) && Object.hasOwn(here, name)) here = here[name];
    else return undefined;
  }
  return here;
}
