import type { ApplicationIdentifier, Component } from "./application-identifier.ts";
import { isDigits, isSet39, isSet64, isSet82 } from "./charset.ts";
import { type Fault, fault } from "./fault.ts";
import { linters } from "./linters.ts";

/** One Application Identifier with its value, as text and without brackets. */
export interface Element {
  readonly ai: string;
  readonly value: string;
}

/** The characters of each component type, and what they are called. */
const types = {
  N: { holds: isDigits, name: "a digit" },
  X: { holds: isSet82, name: "a character of GS1 set 82" },
  Y: { holds: isSet39, name: "a character of GS1 set 39" },
  Z: { holds: isSet64, name: "file-safe base 64" },
} as const;

/** The greatest number of characters that a value of this AI may have. */
export function maxLength(entry: ApplicationIdentifier): number {
  return entry.components.reduce((sum, component) => sum + component.max, 0);
}

/**
 * What is wrong with a value, looked at component by component as the GS1 Barcode Syntax Dictionary lays down: length,
 * then characters, then content. `offset` counts from the start of the value.
 */
export function findFault(entry: ApplicationIdentifier, value: string): Fault | undefined {
  let at = 0;
  for (const component of entry.components) {
    if (component.optional && at === value.length) return undefined;
    const text = value.slice(at, at + component.max);
    const found = faultOfComponent(component, text);
    if (found) return { ...found, offset: at + found.offset };
    at += text.length;
  }
  return at === value.length ? undefined : fault("code.length", `more than ${at} characters`, at);
}

function faultOfComponent(component: Component, text: string): Fault | undefined {
  if (text.length < component.min) {
    return fault("code.length", `${text.length} characters where ${component.min} are needed`, text.length);
  }
  const type = types[component.type];
  if (!type.holds(text)) {
    const offset = firstBad(text, type.holds);
    return fault("code.charset", `${JSON.stringify(text.charAt(offset))} is not ${type.name}`, offset);
  }
  for (const name of component.linters) {
    const found = linters[name](text);
    if (found) return found;
  }
  return undefined;
}

function firstBad(text: string, holds: (text: string) => boolean): number {
  let index = 0;
  while (index < text.length - 1 && holds(text.charAt(index))) index++;
  return index;
}
