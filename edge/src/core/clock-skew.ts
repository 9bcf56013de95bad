/**
 * How far a device's clock is off, from what every reading shows: received − reader time = skew + delay, and the delay is never
 * negative. So the smallest difference of the last minutes is the skew, with the smallest delay in it, and a slow message or a
 * replay after an outage does not move it.
 *
 * A clock that was set anew looks like a replay at first: all differences are larger. But a clock goes on as fast as ours,
 * while a replay catches up. Differences that stay the same for `steadyMs` are therefore a new skew.
 */
export interface Clock {
  /** What to add to the device's times. */
  skewMs: number;
  windowStartMs: number;
  windowMin: number;
  beforeMin: number;
  step: Step | undefined;
}

/** Differences that do not fit the skew, while it is open whether they are a step or a replay. */
interface Step {
  readonly startMs: number;
  count: number;
  firstMin: number;
  recentStartMs: number;
  recentMin: number;
}

export const clockLimits = {
  /** A reading is late, not skewed, from this on. */
  lateMs: 5000,
  windowMs: 300_000,
  /** No device buffers for longer: a larger difference is a clock that was never set. */
  bufferMaxMs: 7 * 86_400_000,
  steadyMs: 20_000,
  steadyCount: 10,
  steadyPartMs: 5000,
  toleranceMs: 500,
  /** A step that cannot be a replay needs this many equal witnesses, so that one wrong time is no step. */
  witnesses: 3,
} as const;

/** The clock of a device heard for the first time, or last known with `skewMs`. */
export function openClock(receivedMs: number, readerMs: number, knownSkewMs?: number): Clock {
  const difference = receivedMs - readerMs;
  // Without knowledge, a past within reach of a buffer is taken for a replay and the clock for right.
  const believable = difference > clockLimits.lateMs && difference < clockLimits.bufferMaxMs;
  const skewMs = knownSkewMs ?? (believable ? 0 : difference);
  return { skewMs, windowStartMs: receivedMs, windowMin: skewMs, beforeMin: skewMs, step: undefined };
}

/** Learns from one reading. */
export function observe(clock: Clock, receivedMs: number, readerMs: number): void {
  const difference = receivedMs - readerMs;
  const excess = difference - clock.skewMs;
  if (Math.abs(excess) <= clockLimits.lateMs) {
    clock.step = undefined;
    rotate(clock, receivedMs);
    clock.windowMin = Math.min(clock.windowMin, difference);
    clock.skewMs = Math.min(clock.windowMin, clock.beforeMin);
    return;
  }
  const replayable = excess > 0 && excess < clockLimits.bufferMaxMs;
  const step = witness(clock, receivedMs, difference);
  const found = replayable ? steadyDifference(step, receivedMs) : agreedDifference(step, difference);
  if (found === "unsteady") clock.step = undefined;
  else if (found !== undefined) setClock(clock, receivedMs, found);
}

/** When it was read, by our clock: never after it was received. */
export function eventTimeOf(clock: Clock | undefined, receivedMs: number, readerMs: number | undefined): number {
  if (clock === undefined || readerMs === undefined) return receivedMs;
  return Math.max(0, Math.min(receivedMs, Math.round(readerMs + clock.skewMs)));
}

function rotate(clock: Clock, receivedMs: number): void {
  if (Math.abs(receivedMs - clock.windowStartMs) < clockLimits.windowMs) return;
  clock.beforeMin = clock.windowMin;
  clock.windowMin = Number.POSITIVE_INFINITY;
  clock.windowStartMs = receivedMs;
}

function witness(clock: Clock, receivedMs: number, difference: number): Step {
  const step = clock.step;
  if (step === undefined || receivedMs < step.startMs) {
    const first = {
      startMs: receivedMs,
      count: 1,
      firstMin: difference,
      recentStartMs: receivedMs,
      recentMin: difference,
    };
    clock.step = first;
    return first;
  }
  step.count++;
  if (receivedMs - step.startMs < clockLimits.steadyPartMs) step.firstMin = Math.min(step.firstMin, difference);
  if (receivedMs - step.recentStartMs >= clockLimits.steadyPartMs) {
    step.recentStartMs = receivedMs;
    step.recentMin = difference;
  } else step.recentMin = Math.min(step.recentMin, difference);
  return step;
}

function steadyDifference(step: Step, receivedMs: number): number | "unsteady" | undefined {
  if (receivedMs - step.startMs < clockLimits.steadyMs || step.count < clockLimits.steadyCount) return undefined;
  if (Math.abs(step.recentMin - step.firstMin) > clockLimits.toleranceMs) return "unsteady";
  return Math.min(step.recentMin, step.firstMin);
}

function agreedDifference(step: Step, difference: number): number | "unsteady" | undefined {
  if (Math.abs(difference - step.firstMin) > clockLimits.lateMs) return "unsteady";
  return step.count >= clockLimits.witnesses ? Math.min(step.firstMin, difference) : undefined;
}

function setClock(clock: Clock, receivedMs: number, skewMs: number): void {
  clock.skewMs = skewMs;
  clock.windowStartMs = receivedMs;
  clock.windowMin = skewMs;
  clock.beforeMin = skewMs;
  clock.step = undefined;
}
