import type { Counts } from "./device.ts";

/** A gate's way out. What is sent stays in the gate's own buffer until it is answered; nothing is thrown away. */
export interface Link extends AsyncDisposable {
  /** Whether something said now would go out soon. */
  readonly isUp: boolean;
  hasRoom(): boolean;
  room(signal: AbortSignal): Promise<void>;
  settle(signal: AbortSignal): Promise<void>;
  /** `topic` is where it goes over MQTT; who posts has one way for all. */
  send(topic: string, payload: string, readings: number): void;
  counts(): Counts;
}
