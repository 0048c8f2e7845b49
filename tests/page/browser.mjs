// A browser that refuses to be quiet: whatever a page logs, breaks, or asks of elsewhere is a failure.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const modules = process.env.SL_PAGE_MODULES;
const require = createRequire(`${modules}/`);
const puppeteer = (await import(pathToFileURL(require.resolve("puppeteer-core")).href)).default;
const axe = require.resolve("axe-core/axe.min.js");

export const url = process.env.SL_PAGE_URL;
const WAIT_MS = 20000;

let browser = null;

export async function openBrowser() {
  // The sandbox needs what containers lack; only our own page is opened.
  browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

export async function closeBrowser() {
  await browser?.close();
}

// Runs work(page) on a fresh page. allowed: parts of messages that belong to the test.
export async function onPage(work, { base = url, path = "/", width = 1280, scheme = "light", allowed = [], prepare } = {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const complaints = [];
  const complain = (text) => {
    if (!allowed.some((part) => text.includes(part))) complaints.push(text);
  };
  page.setDefaultTimeout(WAIT_MS);
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) complain(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complain(`error: ${error.message}`));
  page.on("request", (request) => {
    const isOurs = [base, "data:", "blob:"].some((start) => request.url().startsWith(start));
    if (!isOurs) complain(`asked elsewhere: ${request.url()}`);
  });
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: scheme },
    { name: "prefers-reduced-motion", value: "reduce" },
  ]);
  try {
    await prepare?.(page);
    await page.goto(base + path);
    await work(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

export const text = (page, selector) => page.$eval(selector, (element) => element.textContent.trim());
export const texts = (page, selector) => page.$$eval(selector, (elements) => elements.map((element) => element.textContent.trim()));

// Waits for an element, and gives it the focus.
export async function focus(page, selector) {
  await (await page.waitForSelector(selector)).focus();
}

// Waits until an element that fits has this text in it.
export async function waitForText(page, selector, wanted) {
  try {
    await page.waitForFunction((where, what) => [...document.querySelectorAll(where)].some((element) => element.textContent.includes(what)), {}, selector, wanted);
  } catch {
    assert.fail(`"${wanted}" did not come at ${selector}: ${await texts(page, selector)}`);
  }
}

// Types with the keyboard alone.
export async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

export async function expectNoBarriers(page) {
  await page.evaluate(await readFile(axe, "utf8"));
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), []);
}

// ---- the API, beside the page ----

export async function post(path, body, headers = {}) {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

export async function get(path) {
  return (await fetch(url + path)).json();
}

// Starts a workflow of these steps in the bay; resolves to its id.
export async function startInBay(words, steps) {
  const plan = {
    execution_steps: steps.map(([operation, parameters = {}], index) => ({
      step_id: `${operation}_${index + 1}`,
      service_name: "bay",
      operation,
      parameters,
      dependencies: index > 0 ? [`${steps[index - 1][0]}_${index}`] : [],
      retry_attempts: 0,
    })),
  };
  return (await post("/orchestrate-async", { user_request: words, plan })).request_id;
}
