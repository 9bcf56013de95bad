import { serve } from "@hono/node-server";
import { Hono } from "hono";

/** What a route costs that does nothing: the same server and router as central's, without anything behind them. */
const app = new Hono().get("/v1/stock/:sku", c => c.json({ sku: c.req.param("sku") }));
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(process.argv[2]) }, () => console.log("ready"));
