// The page before a server that asks who is calling.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { closeBrowser, expectNoBarriers, onPage, openBrowser, press, text, waitForText } from "./browser.mjs";

const KEY = process.env.SL_PAGE_KEY;

before(openBrowser);
after(closeBrowser);

async function giveKey(page, key) {
  await page.waitForSelector("#key-dialog[open]");
  await page.type("#key", key);
  await press(page, "Enter");
}

test("a key is asked for, and opens the page for this tab", () => onPage(async (page) => {
  await page.waitForSelector("#key-dialog[open]");
  await expectNoBarriers(page);
  await giveKey(page, KEY);
  await waitForText(page, "#services h3", "payment");
  await waitForText(page, "#health", "All services healthy");
  await page.type("#words", "Show the history of RO 1234");
  await page.click("#run-at-once");
  await waitForText(page, "#work > .facts .badge", "completed");
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  assert.equal(await page.evaluate(() => document.cookie), "");
  await page.reload();
  await waitForText(page, "#work > .facts .badge", "completed");
}, { allowed: ["401"] }));

test("a key that nobody knows is said to be none", () => onPage(async (page) => {
  await giveKey(page, "guessed");
  await waitForText(page, "#health", "A key is needed");
  await page.click("#key-button");
  await giveKey(page, KEY);
  await waitForText(page, "#services h3", "payment");
}, { allowed: ["401"] }));

test("a key is forgotten when told", () => onPage(async (page) => {
  await giveKey(page, KEY);
  await waitForText(page, "#services h3", "payment");
  await page.click("#key-button");
  await page.waitForSelector("#key-dialog[open]");
  await page.click('#key-dialog button[value="forget"]');
  await waitForText(page, "#health", "A key is needed");
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  assert.equal(await text(page, "#services"), "");
}, { allowed: ["401"] }));
