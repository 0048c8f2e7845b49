// The page as a person uses it, over a whole fleet.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Bay } from "./bay.mjs";
import {
  closeBrowser, expectNoBarriers, focus, get, onPage, openBrowser, press, startInBay, text, texts, url, waitForText,
} from "./browser.mjs";
import { Line } from "./line.mjs";

const EXAMPLE = "Add part number 1234 to RO number 1234, and send payment link of 100$ to ambujmehra16@gmail.com";
const STATUS = "#work > .facts .badge";

let bay;

before(async () => {
  bay = await Bay.open(Number(process.env.SL_BAY_PORT));
  await openBrowser();
  const deadline = Date.now() + 30000;
  while (!(await get("/services").catch(() => null))?.healthy_services.includes("bay")) {
    assert.ok(Date.now() < deadline, "the orchestrator does not see the bay");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

after(async () => {
  await closeBrowser();
  await bay?.close();
});

const workflowPath = (id) => `/#/workflow/${encodeURIComponent(id)}`;

async function say(page, words) {
  await page.waitForSelector("#services li");
  await page.type("#words", words);
}

// ---- asking ----

test("a request is planned, looked at, run, and watched to its end", () => onPage(async (page) => {
  await say(page, EXAMPLE);
  await page.keyboard.down("Control");
  await page.keyboard.press("Enter");
  await page.keyboard.up("Control");
  await page.waitForSelector("#run-plan");
  assert.equal(await page.evaluate(() => document.activeElement.id), "work-heading", "the focus goes to the plan");
  assert.equal((await page.$$("svg.graph .node")).length, 4);
  assert.equal((await page.$$("svg.graph .edge")).length, 3);
  assert.equal((await page.$$(".steps > .step")).length, 4);
  await page.click("#run-plan");
  await waitForText(page, STATUS, "completed");
  assert.deepEqual(await texts(page, ".steps .badge"), Array(4).fill("completed"));
  assert.deepEqual(await page.$$eval("svg.graph .node", (nodes) => nodes.map((node) => node.dataset.status)), Array(4).fill("completed"));
  await waitForText(page, ".steps pre", "payment_link");
  await waitForText(page, ".summary pre", "Progress: 4/4 steps completed");
  await waitForText(page, "#history .what", EXAMPLE);
  const id = decodeURIComponent((await page.evaluate(() => location.hash)).split("/").at(-1));
  assert.equal((await get(`/workflow/${id}`)).status, "completed");
  await page.reload();
  await waitForText(page, STATUS, "completed");
}));

test("what the request leaves out is asked for", () => onPage(async (page) => {
  await say(page, "Send a payment link");
  await page.click("#ask .primary");
  await page.waitForSelector("#missing-customer_email");
  assert.equal(await page.evaluate(() => document.activeElement.id), "missing-repair_order_id");
  await page.keyboard.type("1234");
  await press(page, "Tab");
  await page.keyboard.type("$100");
  await press(page, "Tab");
  await page.keyboard.type("pat@example.com");
  await press(page, "Enter");
  await page.waitForSelector("#run-plan");
  await waitForText(page, ".step .pairs", "pat@example.com");
  assert.equal(await page.$eval("#missing", (form) => form.hidden), true);
}));

test("a request that nothing can be made of is answered with why", () => onPage(async (page) => {
  await say(page, "Sing a song");
  await page.click("#ask .primary");
  await page.waitForFunction(() => document.querySelector("#work .notice, #missing li, #missing input, #trouble:not([hidden])"));
  assert.equal(await page.$("#run-plan"), null);
}));

// ---- watching ----

test("a step is seen running, and its end comes by itself", async () => {
  bay.isHolding = true;
  const id = await startInBay("Wash and polish", [["wash_car"], ["polish_car"]]);
  await onPage(async (page) => {
    await waitForText(page, ".steps .badge", "running");
    assert.equal(await text(page, STATUS), "running");
    await page.waitForSelector('.node[data-step="wash_car_1"][data-status="running"]');
    bay.release();
    await waitForText(page, STATUS, "completed");
    await waitForText(page, "#announcer", "completed");
    assert.match(await text(page, "#work > .facts"), /2 of 2 steps/);
  }, { path: workflowPath(id) });
});

test("what is done when the page comes is shown with its result", async () => {
  bay.isHolding = true;
  bay.seen = [];
  const id = await startInBay("Polish, then wash", [["polish_car"], ["wash_car"]]);
  while (!bay.seen.includes("polish_car")) await new Promise((resolve) => setTimeout(resolve, 20));
  bay.next();
  await onPage(async (page) => {
    await waitForText(page, "#step-wash_car_2 .badge", "running");
    await waitForText(page, "#step-polish_car_1 pre", "is_clean");
    assert.equal(await text(page, "#step-polish_car_1 .badge"), "completed");
    bay.release();
    await waitForText(page, STATUS, "completed");
  }, { path: workflowPath(id) });
});

test("a lost connection is said, and nothing is missed after it", async () => {
  bay.isHolding = true;
  const id = await startInBay("Wash over a bad line", [["wash_car"], ["polish_car"]]);
  const line = await Line.open(url);
  const seen = [];
  await onPage(async (page) => {
    await waitForText(page, "#step-wash_car_1 .badge", "running");
    bay.next();
    await waitForText(page, "#step-polish_car_2 .badge", "running");
    await waitForText(page, "#step-wash_car_1 pre", "is_clean");
    line.cut();
    await page.waitForSelector("#work > .notice:not([hidden])");
    bay.release();
    line.mend();
    await waitForText(page, STATUS, "completed");
    assert.deepEqual(await texts(page, ".steps .badge"), ["completed", "completed"]);
    assert.equal(await page.$eval("#work > .notice", (notice) => notice.hidden), true);
    assert.ok(seen.length > 1 && Number(seen.at(-1)) > Number(seen[0]), `asked for events behind ${seen}`);
  }, {
    base: line.url,
    path: workflowPath(id),
    allowed: ["net::ERR"],
    prepare: (page) => page.on("request", (request) => {
      if (request.url().endsWith("/events")) seen.push(request.headers()["last-event-id"]);
    }),
  });
  await line.close();
});

test("a running workflow is cancelled from the keyboard", async () => {
  bay.isHolding = true;
  const id = await startInBay("Wash, then stop", [["wash_car"], ["polish_car"]]);
  await onPage(async (page) => {
    await waitForText(page, ".steps .badge", "running");
    await focus(page, "#work .actions .danger");
    await press(page, "Enter");
    await focus(page, "#cancel-dialog[open] #cancel-reason");
    await page.keyboard.type("asked for by mistake");
    await press(page, "Enter");
    await page.waitForFunction(() => !document.querySelector("#cancel-dialog").open);
    await waitForText(page, "#announcer", "being cancelled");
    bay.release();
    await waitForText(page, STATUS, "cancelled");
    assert.deepEqual(await texts(page, ".steps .badge"), ["completed", "cancelled"]);
  }, { path: workflowPath(id) });
});

test("a step of unknown outcome is settled by a person", async () => {
  bay.release();
  const id = await startInBay("Lose contact", [["lose_contact"], ["wash_car"]]);
  await onPage(async (page) => {
    await waitForText(page, STATUS, "needs reconciliation");
    await focus(page, '[data-key="reconcile-lose_contact_1"]');
    await press(page, "Enter");
    await page.waitForSelector("#reconcile-dialog[open]");
    await expectNoBarriers(page);
    await page.click('#reconcile-dialog input[value="happened"]');
    await page.type("#reconcile-result", '{"found": true}');
    await page.type("#reconcile-reason", "seen in the bay");
    await page.click('#reconcile-dialog button[value="settle"]');
    await waitForText(page, STATUS, "completed");
    await waitForText(page, ".steps pre", '"found": true');
    assert.deepEqual(await texts(page, ".steps .badge"), ["completed", "completed"]);
  }, { path: workflowPath(id) });
});

test("what people and agents write is text, never a part of the page", async () => {
  bay.release();
  const evil = '<img src="x" class="evil"><script class="evil"></script>';
  const id = await startInBay(evil, [["wash_car", { bay: "closed", note: evil }]]);
  await onPage(async (page) => {
    await waitForText(page, STATUS, "failed");
    assert.equal(await text(page, "#work-heading"), evil);
    await waitForText(page, ".step .pairs", evil);
    await waitForText(page, "#history .what", evil);
    assert.equal(await page.$(".evil"), null);
  }, { path: workflowPath(id) });
});

test("a long plan is drawn, and scrolls to what runs", async () => {
  bay.isHolding = true;
  const id = await startInBay("Wash all day", Array(25).fill(["wash_car"]));
  await onPage(async (page) => {
    await waitForText(page, ".steps .badge", "running");
    assert.equal((await page.$$("svg.graph .node")).length, 25);
    const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= screen);
    bay.release();
    await waitForText(page, STATUS, "completed");
    assert.ok(await page.$eval(".frame", (frame) => frame.scrollWidth > frame.clientWidth && frame.scrollLeft > 0));
  }, { path: workflowPath(id) });
});

// ---- what is beside ----

test("past workflows are filtered, paged, and say what went wrong", () => onPage(async (page) => {
  for (let i = 0; i < 10; i++) await startInBay(`Wash in a closed bay, ${i}`, [["wash_car", { bay: "closed" }]]);
  await page.reload();
  await page.select("#status-filter", "failed");
  await waitForText(page, "#history .error", "wash_car_1: The bay is closed");
  await page.waitForFunction(() => [...document.querySelectorAll("#history .badge")].every((one) => one.textContent === "failed"));
  const first = await texts(page, "#history .what");
  assert.equal(first.length, 8);
  await page.click("#older");
  await page.waitForFunction((shown) => document.querySelector("#history .what")?.textContent !== shown, {}, first[0]);
  assert.equal(await page.$eval("#newer", (button) => button.disabled), false);
  await page.click("#newer");
  await waitForText(page, "#history .what", first[0]);
  await page.click("#history a");
  await waitForText(page, ".steps .notice", "The bay is closed");
}));

test("services say how they do", () => onPage(async (page) => {
  await waitForText(page, "#services h3", "bay");
  assert.deepEqual((await texts(page, "#services h3")).sort(), ["bay", "parts", "payment", "repair orders"]);
  await waitForText(page, "#services .facts", "breaker closed");
  await page.click("#services summary");
  await waitForText(page, "#services .operations", "wash car");
  await waitForText(page, "#health", "All services healthy");
}));

// ---- for everybody ----

for (const scheme of ["light", "dark"]) {
  test(`axe finds no barriers in a ${scheme} page`, () => onPage(async (page) => {
    await page.waitForSelector("#services li");
    await expectNoBarriers(page);
    await say(page, "Send a payment link");
    await page.click("#ask .primary");
    await page.waitForSelector("#missing input");
    await expectNoBarriers(page);
    await page.click("#words", { count: 3 });
    await page.keyboard.type(EXAMPLE);
    await page.click("#run-at-once");
    await waitForText(page, STATUS, "completed");
    await page.$$eval("details", (all) => all.forEach((details) => { details.open = true; }));
    await expectNoBarriers(page);
    await page.click("#key-button");
    await page.waitForSelector("#key-dialog[open]");
    await expectNoBarriers(page);
  }, { scheme }));
}

test("the keyboard reaches the content first, then all of it in order", () => onPage(async (page) => {
  await page.waitForSelector("#services li");
  const seen = [];
  for (let i = 0; i < 8; i++) {
    await press(page, "Tab");
    seen.push(await page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim()));
  }
  assert.deepEqual(seen, ["To the content", "ServiceLane", "API", "key-button", "words", "Plan it", "run-at-once", "Examples"]);
  await press(page, "Tab");
  assert.ok(await page.evaluate(() => document.activeElement.matches("#services summary")));
}));

test("nothing sticks out of a narrow screen", () => onPage(async (page) => {
  await say(page, EXAMPLE);
  await page.click("#run-at-once");
  await waitForText(page, STATUS, "completed");
  const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= screen, `${content} px on a screen of ${screen} px`);
}, { width: 360 }));

test("without the graph library the list of steps says it all", () => onPage(async (page) => {
  await say(page, EXAMPLE);
  await page.click("#ask .primary");
  await page.waitForSelector("#run-plan");
  assert.equal(await page.$("svg.graph"), null);
  assert.equal((await page.$$(".steps > .step")).length, 4);
  await waitForText(page, "#work .hint", "without the graph library");
}, {
  allowed: ["404"],
  prepare: async (page) => {
    await page.setRequestInterception(true);
    page.on("request", (request) => (request.url().endsWith("/page/dagre.js") ? request.respond({ status: 404, body: "" }) : request.continue()));
  },
}));

// ---- the API's own page ----

test("/docs shows every route, from this server alone", () => onPage(async (page) => {
  await page.waitForSelector(".opblock");
  assert.equal((await page.$$(".opblock")).length, 10);
  await page.click("#operations-Orchestrator-Plan .opblock-summary-control");
  await page.waitForSelector("#operations-Orchestrator-Plan .try-out__btn");
  await page.click("#operations-Orchestrator-Plan .try-out__btn");
  await page.waitForSelector("#operations-Orchestrator-Plan .execute");
  await page.click("#operations-Orchestrator-Plan .execute");
  await waitForText(page, "#operations-Orchestrator-Plan .responses-table", "workflow_plan");
}, { path: "/docs" }));
