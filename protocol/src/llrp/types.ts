import type { Shape, ValuesOf } from "./fields.ts";
import type { messageTable } from "./messages.ts";
import type { parameterTable } from "./parameters.ts";

export type ParameterName = keyof typeof parameterTable;
export type MessageName = keyof typeof messageTable;

interface Nest {
  readonly parameters: readonly Parameter[];
}
type NestOf<S extends Shape> = S["nests"] extends true ? Nest : unknown;

type ParameterByName = {
  [N in ParameterName]: { readonly name: N } & ValuesOf<(typeof parameterTable)[N]["fields"]> &
    NestOf<(typeof parameterTable)[N]>;
};
/** A parameter, by its name in the standard; its fields beside it, and `parameters` where it may hold others. */
export type Parameter<N extends ParameterName = ParameterName> = ParameterByName[N];

type BodyByName = {
  [N in MessageName]: { readonly name: N } & ValuesOf<(typeof messageTable)[N]["fields"]> &
    NestOf<(typeof messageTable)[N]>;
};
/** A message without its header. */
export type MessageBody<N extends MessageName = MessageName> = BodyByName[N];

/** The ten bytes in front of each message. `version` 1 is LLRP 1.0.1, 2 is 1.1. */
export interface Header {
  readonly version: number;
  readonly type: number;
  readonly length: number;
  readonly id: number;
}

/** A part that could not be read: where it stands in the message, how many bytes it has, and what is wrong. */
export interface Fault {
  readonly offset: number;
  readonly length: number;
  readonly detail: string;
}

/** The first parameter of this name. */
export function firstOf<N extends ParameterName>(
  parameters: readonly Parameter[] | undefined,
  name: N,
): Parameter<N> | undefined {
  return parameters?.find((parameter): parameter is Parameter<N> & Parameter => parameter.name === name);
}

export function allOf<N extends ParameterName>(
  parameters: readonly Parameter[] | undefined,
  name: N,
): readonly Parameter<N>[] {
  return (parameters ?? []).filter((parameter): parameter is Parameter<N> & Parameter => parameter.name === name);
}
