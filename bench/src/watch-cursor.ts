import type { Client } from "@tallygate/client";

/** When each movement of a site's only epoch became visible in the central API, by its sequence; absolute, in ms. */
export interface CursorWatch extends AsyncDisposable {
  /** Resolves when the cursor has reached `seq`. */
  until(seq: number): Promise<readonly number[]>;
}

/** Follows `/v1/stream`: an event comes after the commit, so a GET that is sent then sees what it tells. */
export async function watchCursor(central: Client): Promise<CursorWatch> {
  const stop = new AbortController();
  const response = await central.fetch("/v1/stream", { signal: stop.signal });
  if (response.body === null) throw new Error("the stream has no body");
  const seenAtMs: number[] = [];
  let wanted = { seq: Number.POSITIVE_INFINITY, reached: () => undefined as undefined };

  const take = (data: string) => {
    const { cursors } = JSON.parse(data);
    const nowMs = performance.timeOrigin + performance.now();
    for (const { seq } of cursors) while (seenAtMs.length <= seq) seenAtMs.push(nowMs);
    if (seenAtMs.length > wanted.seq) wanted.reached();
  };
  const read = async () => {
    let rest = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("data: ")) take(line.slice(6));
    }
  };
  const reading = read().catch(error => {
    if (!stop.signal.aborted) throw error;
  });
  return {
    until: async seq => {
      if (seenAtMs.length <= seq) {
        await new Promise<undefined>((resolve, reject) => {
          const timer = setTimeout(
            () => reject(new Error(`the cursor is at ${seenAtMs.length - 1}, not ${seq}`)),
            60_000,
          );
          wanted = {
            seq,
            reached: () => {
              clearTimeout(timer);
              resolve(undefined);
              return undefined;
            },
          };
        });
      }
      return seenAtMs;
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await reading;
    },
  };
}
