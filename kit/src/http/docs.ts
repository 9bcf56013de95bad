import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { html } from "hono/html";
import type { ApiEnv, OpenAPIHono } from "./api.ts";

const resolve = createRequire(import.meta.url).resolve;

/** Files of Swagger UI that the page needs; they come from the installed package, never from a network. */
const assets: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "favicon-32x32.png": "image/png",
};

// Swagger UI sets style attributes and shows data: images; it needs nothing else.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const start = `SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null,
  tryItOutEnabled: true,
});
`;

/** The API's document as a page to read and try, at `/docs`. Links are relative, so that it also works below a proxy's path. */
export function mountDocs(app: OpenAPIHono<ApiEnv>, title: string): void {
  app.get("/docs", c => {
    c.header("content-security-policy", contentSecurityPolicy);
    return c.html(page(title));
  });
  app.get("/docs/", c => c.redirect("../docs"));
  app.get("/docs/start.js", c => c.body(start, 200, { "content-type": "text/javascript; charset=utf-8" }));
  for (const [name, type] of Object.entries(assets)) {
    app.get(`/docs/${name}`, async c => {
      const file = await readFile(resolve(`swagger-ui-dist/${name}`));
      return c.body(new Uint8Array(file), 200, { "content-type": type, "cache-control": "public, max-age=86400" });
    });
  }
}

function page(title: string) {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <link rel="icon" href="docs/favicon-32x32.png" />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <main id="docs"></main>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>`;
}
