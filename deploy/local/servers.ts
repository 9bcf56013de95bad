/** Real servers on free ports of the loopback, for tests and for the local run. Each is ready when its promise resolves. */
export { ChildFailed } from "./child.ts";
export { startInflux } from "./influx.ts";
export type { LocalServer, ServerOptions } from "./local-server.ts";
export { startMosquitto } from "./mosquitto.ts";
export { type NatsKeyFiles, startNats } from "./nats.ts";
export { freePort, isPortFree, PortTaken, portFrom } from "./ports.ts";
export { type LocalPostgres, startPostgres } from "./postgres.ts";
export { type PtyPair, socatPair } from "./pty.ts";
