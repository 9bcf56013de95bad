import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { freePort } from "../local/ports.ts";
import { openForwarder } from "./forwarder.ts";

/** Linux takes all of 127.0.0.0/8 for its loopback: one address stands for the outside, another for the inside. */
const outside = "127.0.0.2";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(port: number, answer: (socket: Socket) => void): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, answer);
  servers.push(server);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
}

async function readAll(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
}

describe.runIf(process.platform === "linux")("a forwarder", () => {
  test("passes what comes from outside to the loopback and the answer back, also after the asker has ended", async () => {
    const port = await freePort();
    await serve(port, async socket => socket.end((await readAll(socket)).toUpperCase()));
    await using _forwarder = await openForwarder({ hosts: [outside], ports: [port] });
    const socket = connect(port, outside);
    socket.end("movement");
    expect(await readAll(socket)).toBe("MOVEMENT");
  });

  test("closes at once where nothing listens inside", async () => {
    const port = await freePort();
    await using _forwarder = await openForwarder({ hosts: [outside], ports: [port] });
    const socket = connect(port, outside);
    expect(await readAll(socket)).toBe("");
  });

  test("takes the other side with it when one breaks", async () => {
    const port = await freePort();
    const inside = Promise.withResolvers<Socket>();
    await serve(port, socket => inside.resolve(socket));
    await using _forwarder = await openForwarder({ hosts: [outside], ports: [port] });
    const socket = connect(port, outside);
    const served = await inside.promise;
    served.on("error", () => {});
    served.resume();
    const closed = once(served, "close");
    socket.resetAndDestroy();
    served.end();
    await closed;
  });

  test("ends open connections when it ends", async () => {
    const port = await freePort();
    await serve(port, socket => socket.resume());
    const forwarder = await openForwarder({ hosts: [outside], ports: [port] });
    const socket = connect(port, outside);
    await once(socket, "connect");
    const closed = once(socket.resume(), "close");
    await forwarder[Symbol.asyncDispose]();
    await closed;
  });

  test("a port that is taken outside fails, and leaves none of its others open", async () => {
    const [free, taken] = [await freePort(), await freePort()];
    await using _first = await openForwarder({ hosts: [outside], ports: [taken] });
    await expect(openForwarder({ hosts: [outside], ports: [free, taken] })).rejects.toThrow("EADDRINUSE");
    await using _again = await openForwarder({ hosts: [outside], ports: [free] });
  });
});
