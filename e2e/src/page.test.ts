import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PtyPair, socatPair } from "../../deploy/local/servers.ts";
import { at, getJson, openSystem, type System } from "./system.ts";
import { until } from "./until.ts";

const run = promisify(execFile);
const epcHex = "3074257BF7194E4000001A85";

let system: System;
let browser: Browser;
let cable: PtyPair;

beforeAll(async () => {
  cable = await socatPair();
  const dock = { id: "dock-1", driver: "zebra-iotc", topic: "lyon/tags", from: "supplier", to: "dock-1" } as const;
  const bench = { id: "bench", driver: "serial-scanner", port: cable.a, from: "supplier", to: "bench" } as const;
  system = await openSystem({ scenario: { sites: { lyon: { devices: [dock, bench] } } } });
  await system.post("/v1/items", { sku: "KETTLE", name: "Kettle K7", gtins: ["80614141123458"] });
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  });
});
afterAll(async () => {
  await browser?.close();
  await system?.[Symbol.asyncDispose]();
  await cable?.[Symbol.asyncDispose]();
});

async function openPage(colorScheme: "light" | "dark" = "light"): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ colorScheme });
  const page = await context.newPage();
  await page.goto(at(system.sites, 0).url);
  await page.getByRole("heading", { name: "lyon" }).waitFor();
  return { page, context };
}

async function readTag(idHex = epcHex, topic = "lyon/tags") {
  const message = { data: { antenna: 1, eventNum: 1, format: "epc", idHex, peakRssi: -50 }, type: "INVENTORY" };
  const raw = JSON.stringify({ ...message, timestamp: new Date().toISOString() });
  await run("mosquitto_pub", ["-p", String(at(system.sites, 0).mqttPort), "-q", "1", "-t", topic, "-m", raw]);
}

async function openReceiving(quantity: number) {
  const notice = { number: "ASN-1", site: "lyon", partner: "Kettles & Co", lines: [{ sku: "KETTLE", quantity }] };
  const { id } = (await (await system.post("/v1/shipments", notice)).json()) as { id: string };
  const list = { site: "lyon", read_point: "dock-1", step: "receiving", documents: [id] };
  expect((await system.post("/v1/lists", list)).status).toBe(201);
}

describe("the site's page", () => {
  it("shows a tag as a movement and as stock without being loaded again, and finds it", async () => {
    const { page, context } = await openPage();
    await page.getByText("No movement yet").waitFor();
    await readTag();
    const row = page.getByRole("region", { name: "Latest movements" }).getByRole("row", { name: /Kettle K7/ });
    await row.getByText("confirmed").waitFor();
    expect(await row.innerText()).toMatch(/supplier → dock-1/);
    await page.keyboard.press("/");
    await page.keyboard.type("nothing like this");
    await page.getByText("Nothing here is called").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("region", { name: "Stock" }).getByText("KETTLE").waitFor();
    await context.close();
  });

  it("sets what a scanner's scans mean", async () => {
    const { page, context } = await openPage();
    const mode = page.getByLabel("a scan means");
    await mode.selectOption("look_up");
    const { url } = at(system.sites, 0);
    await until("the scanner is in the mode", async () => {
      const { devices } = await getJson<{ devices: { scanner?: { mode: string } }[] }>(`${url}/api/devices`);
      return devices.some(device => device.scanner?.mode === "look_up");
    });
    await mode.selectOption("receive");
    await context.close();
  });

  it("shows what comes through a door on its list at once, what is missing, and that it is complete", async () => {
    const { page, context } = await openPage();
    const lists = page.getByRole("region", { name: "Lists" });
    await lists.getByText("No list is open").waitFor();
    await openReceiving(3);
    const door = lists.getByRole("article").filter({ hasText: "ASN-1 Kettles & Co" });
    await door.getByText("missing", { exact: false }).first().waitFor();
    const bar = door.getByRole("progressbar");
    const before = Number(await bar.getAttribute("aria-valuenow"));
    await readTag("3074257BF7194E4000001A86");
    await until("it counts", async () => Number(await bar.getAttribute("aria-valuenow")) === before + 1);
    expect(await door.innerText()).toContain(`${2 - before} missing`);
    await page.keyboard.press("g");
    await page.keyboard.press("l");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Lists");
    for (const last of ["7", "8"]) await readTag(`3074257BF7194E4000001A8${last}`);
    await door.getByText("✓ complete").waitFor();
    await context.close();
  });

  it("takes in a device that nobody has configured, and says why when it cannot", async () => {
    const { page, context } = await openPage();
    await readTag("3074257BF7194E4000001A89", "lyon/gate-9/tags");
    const news = page.getByRole("region", { name: "New devices" });
    await news.getByText("looks like zebra-iotc").waitFor();
    await news.getByLabel("Name").fill("dock-1");
    await news.getByLabel("Place").fill("gate-9");
    await news.getByRole("button", { name: "Take in" }).click();
    await news.getByText("There is a device dock-1 already").waitFor();
    await news.getByLabel("Name").fill("gate-9");
    await news.getByRole("button", { name: "Take in" }).click();
    await page.getByRole("region", { name: "Devices", exact: true }).getByRole("heading", { name: "gate-9" }).waitFor();
    expect(await news.count()).toBe(0);
    await readTag("3074257BF7194E4000001A89", "lyon/gate-9/tags");
    await page.getByRole("list", { name: "Antennas of gate-9" }).getByText("−50 dBm").waitFor();
    await readTag("3074257BF7194E4000001A8A", "lyon/gate-10/tags");
    await news.waitFor();
    await context.close();
  });

  it.each(["light", "dark"] as const)("has no barrier that a tool can find, in the %s theme", async theme => {
    const { page, context } = await openPage(theme);
    await page.getByRole("progressbar").waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(violation => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
    await context.close();
  });

  it("says in words that the centre is away, and that the site goes on", async () => {
    const { page, context } = await openPage();
    await system.nats.kill();
    await page.getByText(/No link to the centre/).waitFor({ timeout: 30_000 });
    await page.getByText(/as the centre told them at/).waitFor();
    await system.nats.restart();
    await page.getByText(/^\W*All readings stored$/).waitFor({ timeout: 30_000 });
    await context.close();
  });

  it("says that the edge does not answer, and comes back by itself", async () => {
    const { page, context } = await openPage();
    const { edge } = at(system.sites, 0);
    await edge.kill();
    await page.getByText(/has not answered/).waitFor({ timeout: 30_000 });
    await edge.restart();
    await page.getByText(/All readings stored/).waitFor({ timeout: 30_000 });
    await context.close();
  });

  it("asks nobody but its edge, and is small", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const { url } = at(system.sites, 0);
    const strangers: string[] = [];
    page.on("request", request => {
      if (!request.url().startsWith(url) && !request.url().startsWith("data:")) strangers.push(request.url());
    });
    await page.goto(url);
    await until("the page is drawn", async () => (await page.getByRole("heading", { name: "lyon" }).count()) === 1);
    expect(strangers).toEqual([]);
    const assets = new URL("../../edge/dashboard/dist/assets/", import.meta.url);
    const scripts = (await readdir(assets)).filter(name => name.endsWith(".js"));
    const sizes = await Promise.all(scripts.map(async name => gzipSync(await readFile(new URL(name, assets))).length));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(100 * 1024);
    await context.close();
  });
});
