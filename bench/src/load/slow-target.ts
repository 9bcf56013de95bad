import { once } from "node:events";
import { createServer } from "node:http";

/** A webhook's target that takes requests and never answers them. */
export async function startSlowTarget(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(request => void request.resume());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the target has no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
