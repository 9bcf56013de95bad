import { AsyncLocalStorage } from "node:async_hooks";

/**
 * Who sent the request that is being worked on, where it has an idempotency key: {@link once} keeps its answer for that caller alone. It
 * stands here, and is not handed on from route to route, so that no route can forget it and give somebody else's answer away.
 */
export const currentCaller = new AsyncLocalStorage<string>();
