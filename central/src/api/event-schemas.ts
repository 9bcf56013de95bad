import { z } from "@tallygate/kit";
import { eventTypes } from "@tallygate/protocol";

const areas = new Set(Object.keys(eventTypes).map(type => type.slice(0, type.indexOf("."))));

/** A type of events such as `order.placed`, or all of an area such as `order.*`. */
export const TypePattern = z
  .string()
  .max(80)
  .refine(text => isPattern(text), "is no type of events; take one such as order.placed, or an area such as order.*");

function isPattern(text: string): boolean {
  return Object.hasOwn(eventTypes, text) || (text.endsWith(".*") && areas.has(text.slice(0, -2)));
}
