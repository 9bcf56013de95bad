import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { FixedFirstRouter } from "./fixed-first-router.ts";

function openApp() {
  const app = new Hono({ router: new FixedFirstRouter() });
  const met: string[] = [];
  app.use(async (_, next) => {
    met.push("all");
    await next();
  });
  app.use("/v1/*", async (_, next) => {
    met.push("v1");
    await next();
  });
  const v1 = new Hono()
    .get("/items/:sku", c => c.text(`item ${c.req.param("sku")}`))
    .get("/items/export", c => c.text("export"))
    .post("/items/export/:format", c => c.text(`made ${c.req.param("format")}`))
    .delete("/items/:sku/codes/:code", c => c.text(`${c.req.param("sku")} without ${c.req.param("code")}`))
    .all("/anything", c => c.text(c.req.method));
  app.route("/v1", v1).get("/", c => c.text("front"));
  const ask = async (method: string, path: string) => {
    const answer = await app.request(path, { method });
    return answer.status === 200 ? answer.text() : answer.status;
  };
  return { app, met, ask };
}

describe("a path", () => {
  test.each([
    ["GET", "/v1/items/OAT-1L", "item OAT-1L"],
    ["GET", "/v1/items/export", "export"],
    ["GET", "/v1/items/exports", "item exports"],
    ["POST", "/v1/items/export/csv", "made csv"],
    ["DELETE", "/v1/items/export/codes/7", "export without 7"],
    ["PUT", "/v1/anything", "PUT"],
    ["GET", "/", "front"],
    ["PUT", "/v1/items/export", 404],
    ["GET", "/v1/items/", 404],
    ["GET", "/v1/items/a/b", 404],
    ["GET", "/v2", 404],
  ])("%s %s is answered with %s", async (method, path, answer) => {
    expect(await openApp().ask(method, path)).toBe(answer);
  });

  test.each(["/v1/items/OAT-1L", "/v1/items/export", "/v1/nothing", "/v1"])(
    "%s goes through all that stands on its wildcards, in their order",
    async path => {
      const { ask, met } = openApp();
      await ask("GET", path);
      expect(met).toEqual(["all", "v1"]);
    },
  );
});

test("paths with parameters beside fixed ones are found by one regular expression", async () => {
  const { app, ask } = openApp();
  await ask("GET", "/v1/items/a");
  expect(app.router.name).toContain("RegExpRouter");
});

test("what all methods go through cannot stand on a path with parameters, which fixed paths would pass by", () => {
  const { app } = openApp();
  expect(() => app.use("/v1/:resource/*", async (_, next) => next())).toThrow("write it with wildcards");
});
