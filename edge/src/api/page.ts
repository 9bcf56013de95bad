import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import type { Log, OpenAPIHono } from "@tallygate/kit";
import type { Env } from "hono";
import { limits } from "./limits.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json",
  ".woff2": "font/woff2",
};

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const notBuilt = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>Tallygate edge</title>
  <body style="font: 16px/1.5 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
    <h1>This edge runs, but its page is not built</h1>
    <p>Build it once with <code>npx vite build edge/dashboard</code> and start the edge again.</p>
    <p>Meanwhile: <a href="api/status">status</a>, <a href="api/stock">stock</a>, <a href="api/movements">movements</a>,
      <a href="api/devices">devices</a>, <a href="api/exceptions">exceptions</a>, <a href="docs">the API</a>.</p>
  </body>
</html>
`;

interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly cache: string;
}

/** Serves the built page from memory, or says that it is not built. Files with a hash in their name never change. */
export function mountPage<E extends Env>(app: OpenAPIHono<E>, directory: string, log: Log): void {
  const files = readFiles(directory, log);
  const index = files.get("/index.html") ?? {
    body: new TextEncoder().encode(notBuilt),
    type: types[".html"] ?? "",
    cache: "no-cache",
  };
  for (const [path, file] of [["/", index] as const, ...files]) {
    app.get(path, c =>
      c.body(file.body, 200, {
        "content-type": file.type,
        "cache-control": file.cache,
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
      }),
    );
  }
}

function readFiles(directory: string, log: Log): Map<string, PageFile> {
  const files = new Map<string, PageFile>();
  let size = 0;
  for (const path of listFiles(directory)) {
    const type = types[extname(path)];
    if (type === undefined) continue;
    const body = new Uint8Array(readFileSync(path));
    size += body.length;
    if (size > limits.pageBytesMax) {
      log.warn({ directory, limit: limits.pageBytesMax }, "the page is larger than what is kept of it");
      break;
    }
    const name = `/${relative(directory, path).split(sep).join("/")}`;
    const hashed = name.startsWith("/assets/");
    files.set(name, { body, type, cache: hashed ? "public, max-age=31536000, immutable" : "no-cache" });
  }
  return files;
}

function listFiles(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
    return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
