import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

/** The page talks to the edge that serves it; in development that is one started beside it. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [preact()],
  build: { outDir: "dist", emptyOutDir: true, target: "es2022" },
  server: { proxy: { "/api": "http://127.0.0.1:8081" } },
});
