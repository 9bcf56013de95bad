import type { Log } from "@tallygate/kit";
import { DeviceId, isOutside } from "@tallygate/protocol";
import { z } from "zod";
import type { Random, Range } from "../random.ts";
import type { WorldEvent } from "../world/events.ts";

/** What a device has sent. A message is answered when its receiver said that it has it. */
export interface Counts {
  /** Messages that the device made: reports, batches of them, scans, status events. */
  readonly made: number;
  readonly sent: number;
  readonly answered: number;
  /** Sendings beyond the first one of a message. */
  readonly resent: number;
  /** Made and not answered yet. */
  readonly pending: number;
  /** Readings in the messages made; a duplicate counts again. */
  readonly readings: number;
}

/** Something to send at a time of the world. */
export interface Parcel {
  readonly atMs: number;
  send(): void;
}

/** A scan that got no answer, or a bad one: what it stands for may be in the stock or not. */
export interface DoubtfulScan {
  readonly site: string;
  readonly device: string;
  readonly data: string;
  readonly sku: string;
  readonly from: string;
  readonly to: string;
  readonly why: "no answer" | "refused";
}

/** A simulated reader or scanner. It loses nothing that it has made: what is not answered is sent again. */
export interface Device extends AsyncDisposable {
  readonly id: string;
  /** What the device sends because of an event. `wallMs` tells when a time of the world is by the clock on the wall. */
  hear(event: WorldEvent, wallMs: (worldMs: number) => number): readonly Parcel[];
  /** Whether it can take more. When it cannot, nothing more may happen before it. */
  hasRoom(): boolean;
  /** Resolves when it has room again, or the signal aborts. */
  room(signal: AbortSignal): Promise<void>;
  /** Says that there is nothing more to come; what waits only for more, goes out. */
  finish(): void;
  /** Resolves when all that was made is answered, or the signal aborts. */
  settle(signal: AbortSignal): Promise<void>;
  counts(): Counts;
  doubtful(): readonly DoubtfulScan[];
}

/** What a device is given when it is opened. */
export interface DeviceContext {
  readonly site: string;
  readonly mqtt: MqttAccess | undefined;
  readonly random: Random;
  readonly log: Log;
}

export const MqttAccess = z
  .strictObject({
    url: z
      .string()
      .regex(/^mqtts?:\/\/[^\s/]+$/, "mqtt://host:port or mqtts://host:port")
      .default("mqtt://127.0.0.1:1883")
      .meta({ description: "The site's broker.", example: "mqtt://127.0.0.1:1883" }),
    username: z.string().min(1).max(256).optional(),
    password: z.string().max(256).optional(),
    ca_file: z.string().min(1).optional().meta({ description: "Certificate authority of a broker with TLS, PEM." }),
  })
  .meta({ description: "How the readers of a site reach its broker." });
export type MqttAccess = z.infer<typeof MqttAccess>;

/** A kind of device: one file, and one line in the list of `index.ts`. */
export interface DeviceKind<D extends string, S extends DeviceSchema<D>> {
  readonly driver: D;
  readonly title: string;
  readonly config: S;
  /** Opens a device of this kind; `setting` is what its schema gave. */
  open(setting: unknown, context: DeviceContext): Device;
}

type DeviceSchema<D extends string> = z.ZodObject<{ driver: z.ZodLiteral<D> }>;

export function deviceKind<D extends string, S extends DeviceSchema<D>>(kind: {
  readonly driver: D;
  readonly title: string;
  readonly config: S;
  readonly open: (setting: z.infer<S>, context: DeviceContext) => Device;
}): DeviceKind<D, S> {
  return { ...kind, open: (setting, context) => kind.open(kind.config.parse(setting), context) };
}

/** A place of the site, or an outside of it. */
export const AccountName = z
  .string()
  .refine(
    name => isOutside(name) || DeviceId.safeParse(name).success,
    "is neither a place nor supplier, customer, loss, found or transit",
  );

/** From and to, both included; in the file `[min, max]`. */
export function rangeOf(min: number, max: number, standard: Range) {
  return z
    .tuple([z.int().min(min).max(max), z.int().min(min).max(max)])
    .refine(([from, to]) => from <= to, "begins above its end")
    .readonly()
    .default(standard);
}

/** What the settings of each device have. */
export const deviceFields = {
  id: DeviceId,
  from: AccountName.meta({ description: "Where things come from: a place, or an outside.", example: "supplier" }),
  to: AccountName.meta({ description: "Where things are afterwards: a place, or an outside.", example: "dock-1" }),
};
