import assert from "node:assert/strict";

/** A state machine as one table: from each state, the state that each event leads to. An event that a state does not name is refused there. */
export interface Machine<S extends string, E extends string> {
  readonly initial: S;
  readonly states: Readonly<Record<S, StateOf<S, E>>>;
  /** What each event means, for the drawing. */
  readonly events: Readonly<Record<E, string>>;
}

export interface StateOf<S extends string, E extends string> {
  readonly means: string;
  /** Nothing more is awaited in it. It may still be left, as when a movement is taken back, unless it leads nowhere. */
  readonly ended?: true;
  readonly on: Readonly<Partial<Record<E, S>>>;
}

/**
 * Takes a table as a machine. A table with a fault ends the process at its start: a state that no way leads to, one in which
 * something is awaited and no way leads to an end, an event that no state takes, or a name that the table does not explain.
 */
export function defineMachine<S extends string, E extends string>(name: string, machine: Machine<S, E>): Machine<S, E> {
  const faults = faultsOf(machine);
  assert(faults.length === 0, `the states of ${name}: ${faults.join("; ")}`);
  return machine;
}

/** The state that an event leads to; undefined where the state does not take it. */
export function next<S extends string, E extends string>(machine: Machine<S, E>, state: S, event: E): S | undefined {
  return machine.states[state].on[event];
}

/** Each way of the table, in its order. */
export function transitionsOf<S extends string, E extends string>(machine: Machine<S, E>) {
  return namesOf(machine.states).flatMap(from => {
    const { on } = machine.states[from];
    return namesOf(on).flatMap(event => {
      const to = on[event];
      return to === undefined ? [] : [{ from, event, to }];
    });
  });
}

/** What is wrong with a table, in words. */
export function faultsOf<S extends string, E extends string>(machine: Machine<S, E>): readonly string[] {
  const states = new Set<string>(namesOf(machine.states));
  const events = new Set<string>(namesOf(machine.events));
  const ways = transitionsOf(machine);
  const unknown = [
    ...(states.has(machine.initial) ? [] : [`it begins in ${machine.initial}, which is no state of it`]),
    ...ways
      .filter(({ to }) => !states.has(to))
      .map(({ from, to }) => `${from} leads to ${to}, which is no state of it`),
    ...ways
      .filter(({ event }) => !events.has(event))
      .map(({ from, event }) => `${from} takes ${event}, which is no event of it`),
  ];
  if (unknown.length > 0) return unknown;
  const used = new Set<string>(ways.map(({ event }) => event));
  const reached = walk([machine.initial], from => ways.filter(way => way.from === from).map(({ to }) => to));
  const ended = namesOf(machine.states).filter(state => machine.states[state].ended);
  const canEnd = walk(ended, to => ways.filter(way => way.to === to).map(({ from }) => from));
  return [
    ...[...states].filter(state => !has(reached, state)).map(state => `no way leads to ${state}`),
    ...[...states].filter(state => !has(canEnd, state)).map(state => `no way leads from ${state} to an end`),
    ...[...events].filter(event => !used.has(event)).map(event => `no state takes ${event}`),
  ];
}

function walk<S>(from: readonly S[], ways: (state: S) => readonly S[]): ReadonlySet<S> {
  const seen = new Set(from);
  for (const state of seen) for (const to of ways(state)) seen.add(to);
  return seen;
}

function has(states: ReadonlySet<string>, state: string): boolean {
  return states.has(state);
}

function namesOf<K extends string>(record: Readonly<Partial<Record<K, unknown>>>): K[] {
  return Object.keys(record) as K[];
}
