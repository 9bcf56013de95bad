import { OpenAPIHono as LibraryHono } from "@hono/zod-openapi";
import type { Env, Schema } from "hono";
import { checkRequest } from "./check-request.ts";

type Mounted<E extends Env> = Parameters<LibraryHono<E>["openapi"]>;

/**
 * The library's app with cheaper checks of requests: it makes an object of the whole head and takes three turns for query, path and head,
 * which costs more than a small answer. Bodies are checked by the library.
 */
export class OpenAPIHono<
  E extends Env = Env,
  // The library's own default: an app without routes yet.
  // biome-ignore lint/complexity/noBannedTypes: the library's type
  S extends Schema = {},
  P extends string = "/",
> extends LibraryHono<E, S, P> {
  constructor(init?: ConstructorParameters<typeof LibraryHono<E>>[0]) {
    super(init);
    const mount: (...mounted: Mounted<E>) => unknown = this.openapi;
    const openapi = (...[{ middleware = [], request = {}, ...route }, handler, hook]: Mounted<E>) => {
      this.openAPIRegistry.registerPath({ ...route, request });
      const { query, params, headers, ...others } = request;
      const check = checkRequest({ query, params, headers });
      // What the document shows stands there already.
      mount({ ...route, request: others, middleware: [middleware, check ?? []].flat(), hide: true }, handler, hook);
      return this;
    };
    Object.assign(this, { openapi });
  }
}
