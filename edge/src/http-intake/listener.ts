import { answerProblem, type HostPort, type HttpServer, type Log, listenHttp } from "@tallygate/kit";
import type { Problem } from "@tallygate/protocol";
import { type Context, Hono } from "hono";
import type { Parsed } from "../drivers/driver.ts";
import type { MessageDevice } from "../drivers/index.ts";
import type { Intake } from "../drivers/intake.ts";
import { type Access, maySend, RefusalLog } from "../mqtt/access.ts";
import type { Routes } from "../mqtt/routes.ts";
import { TokenBucket } from "../mqtt/token-bucket.ts";
import { parseBody, readBody } from "./body.ts";
import { credentialsOf } from "./credentials.ts";
import { limits } from "./limits.ts";

export interface ReadersOptions {
  readonly listen: HostPort;
  readonly access: Access;
  readonly routes: Routes;
  readonly intake: Intake;
  readonly log: Log;
  /** What one device may post in the long run. */
  readonly bodiesPerS?: number;
  readonly now?: () => number;
}

/** The listener that readers post to. */
export interface ReadersListener extends AsyncDisposable {
  readonly server: HttpServer;
  /** Requests that were refused for who sent them or how fast. */
  readonly refusals: number;
}

/**
 * Opens the listener for readers that post their events. `200` comes only after the commit; with it everything in the body is on
 * disk, what could not be read as exceptions with its bytes, so that a reader need not send it again.
 */
export async function openReaders(options: ReadersOptions): Promise<ReadersListener> {
  const intake = new HttpIntake(options);
  const app = new Hono();
  app.post("/readers/:device/events", c => intake.take(c, c.req.param("device")));
  app.notFound(c => answerProblem(c, { code: "route.unknown", detail: "Readers post to /readers/ID/events." }));
  app.onError((err, c) => {
    options.log.error({ err }, "a reader's request failed");
    return answerProblem(c, { code: "internal", detail: "This failed on our side; send again." });
  });
  const { log, listen } = options;
  const server = await listenHttp(app, listen, {
    setting: "readers.listen",
    connectionsMax: limits.connectionsMax,
    log,
  });
  return {
    server,
    get refusals() {
      return intake.refusals;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

class HttpIntake {
  readonly #options: ReadersOptions;
  readonly #log: RefusalLog;
  readonly #buckets = new WeakMap<MessageDevice, TokenBucket>();
  #waiting = 0;

  constructor(options: ReadersOptions) {
    this.#options = options;
    this.#log = new RefusalLog(options.log, "a reader's request was refused");
  }

  get refusals(): number {
    return this.#log.count;
  }

  async take(c: Context, id: string): Promise<Response> {
    const device = this.#options.routes.device(id);
    const own = device?.http === true ? device : undefined;
    const refusal = await this.#admit(c, id, own);
    if (refusal !== undefined) return refusal;
    this.#waiting++;
    try {
      return await this.#takeBody(c, id, own);
    } finally {
      this.#waiting--;
    }
  }

  /** Everything that needs no look at the body. */
  async #admit(c: Context, id: string, device: MessageDevice | undefined): Promise<Response | undefined> {
    const answer = await credentialsOf(c.req.header("authorization"), device, this.#options.access);
    if (!answer.ok) {
      this.#log.refused(id.slice(0, 64), undefined, answer.reason);
      if (answer.later === true) return later(c, { code: "inbox.full", detail: `Come again: ${answer.reason}.` });
      c.header("www-authenticate", 'Basic realm="readers", charset="UTF-8"');
      return answerProblem(c, { code: "device.credentials", detail: `The request was refused: ${answer.reason}.` });
    }
    if (device !== undefined && !maySend(answer.grant, device)) {
      this.#log.refused(answer.grant.user ?? "(no user)", undefined, `it may not send for ${device.id}`);
      return answerProblem(c, {
        code: "device.not_yours",
        detail: `${answer.grant.user} may not send for ${device.id}.`,
      });
    }
    if (this.#waiting >= limits.waitingMax || this.#options.intake.held > 0) {
      return later(c, { code: "inbox.full", detail: "More is read than can be stored at the moment; send again." });
    }
    return device === undefined ? undefined : this.#slowDown(c, device);
  }

  #slowDown(c: Context, device: MessageDevice): Response | undefined {
    const nowMs = performance.now();
    const { bodiesPerS: perS = limits.bodiesPerS } = this.#options;
    const bucket = this.#buckets.get(device) ?? new TokenBucket({ perS, burst: 2 * perS, nowMs });
    this.#buckets.set(device, bucket);
    const waitMs = bucket.waitMs(nowMs);
    if (waitMs === 0) {
      bucket.spend(1, nowMs);
      return undefined;
    }
    const detail = `${device.id} posts more than ${perS} bodies a second; put more readings into one.`;
    return later(c, { code: "device.too_fast", detail }, Math.ceil(waitMs / 1000));
  }

  async #takeBody(c: Context, id: string, device: MessageDevice | undefined): Promise<Response> {
    const body = await within(limits.bodyMs, readBody(c.req.raw.body, limits.bodyBytesMax));
    if (body === undefined)
      return answerProblem(c, { code: "request.invalid", detail: "The body did not come whole." });
    const { intake } = this.#options;
    const source = `http:/readers/${id}/events`.slice(0, 200);
    if (body.cut) {
      const size = Number(c.req.header("content-length") ?? limits.bodyBytesMax + 1);
      const detail = `The body is larger than ${limits.bodyBytesMax} bytes; its beginning was kept. Send less at once.`;
      const done = committed(settle => intake.takeOversize(device?.id, source, body.bytes, size, settle));
      return (await done) ? answerProblem(c, { code: "request.too_large", detail }) : notStored(c);
    }
    if (device === undefined) {
      const detail = `No device ${id.slice(0, 64)} is configured to post over HTTP; what it sent was kept.`;
      const done = committed(settle => intake.takeUnknown(source, body.bytes, settle));
      return (await done) ? answerProblem(c, { code: "device.unknown", detail }) : notStored(c);
    }
    const receivedTimeMs = (this.#options.now ?? Date.now)();
    const parsed = parseBody(device, body.bytes, { deviceId: device.id, receivedTimeMs, topic: source });
    const stored = await committed(settle => intake.takeParsed(device.id, parsed, settle));
    return stored ? c.json(answerOf(parsed), 200) : notStored(c);
  }
}

function answerOf({ readings, refused }: Parsed) {
  const faults = refused.slice(0, limits.faultsMax).map(({ problem }) => {
    const { code, detail, at } = problem;
    return { code, detail, ...(at === undefined ? {} : { at }) };
  });
  return { readings: readings.length, refused: refused.length, faults };
}

/** Whether all of it is on disk, in time. */
async function committed(take: (settle: (error?: Error) => void) => void): Promise<boolean> {
  const settled = new Promise<boolean>(resolve => take(error => resolve(error === undefined)));
  return (await within(limits.commitMs, settled)) ?? false;
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function notStored(c: Context): Response {
  return later(c, { code: "inbox.full", detail: "What came is not on disk yet; send it again." });
}

function later(c: Context, problem: Problem, seconds: number = limits.retryAfterS): Response {
  c.header("retry-after", String(seconds));
  return answerProblem(c, problem);
}
