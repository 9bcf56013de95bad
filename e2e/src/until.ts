import { setTimeout as sleep } from "node:timers/promises";

const pollMs = 50;
const deadlineMs = 60_000;

/** Asks again and again until the answer is yes. What throws is a no; the last reason is told when the time is over. */
export async function until(what: string, ask: () => Promise<boolean>, withinMs = deadlineMs): Promise<void> {
  const end = Date.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      if (await ask()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`within ${withinMs / 1000} s it was not so that ${what}`, { cause: last });
    await sleep(pollMs);
  }
}
