// Workflows, newest first, a page at a time.

import { get } from "/page/api.js";
import { $, ago, badge, between, h, replace } from "/page/dom.js";

const PAGE_SIZE = 8;
const ENDED = new Set(["completed", "failed", "cancelled", "needs_reconciliation"]);
const UNWELL = new Set(["failed", "needs_reconciliation"]);

// Tokens of the pages before this one, and of this one.
let before = [];
let token = "";
let next = "";
let shown = "";

// Why a workflow did not do what it should: the list has no results, so each is asked for, once a state.
const errors = new Map();

async function errorOf({ request_id: id, sequence }) {
  const key = `${id} ${sequence}`;
  if (!errors.has(key)) {
    const workflow = await get(`/workflow/${encodeURIComponent(id)}`, { isQuiet: true }).catch(() => null);
    const step = workflow?.steps.find((one) => one.error);
    errors.set(key, step ? `${step.step_id}: ${step.error}` : (workflow?.result?.final_result ?? "").split("\n")[0]);
  }
  return errors.get(key);
}

function entry(workflow, error, here) {
  const { request_id: id, status } = workflow;
  return h("li", {},
    h("a", { href: `#/workflow/${encodeURIComponent(id)}`, "data-key": `workflow-${id}`, "aria-current": here === id ? "true" : null },
      h("span", { class: "what" }, workflow.user_request || "A reviewed plan"),
      h("span", { class: "facts" }, badge(status), ago(workflow.created_at), ENDED.has(status) && h("span", {}, `took ${between(workflow.created_at, workflow.updated_at)}`)),
      error && h("span", { class: "error" }, error)));
}

function pathOf() {
  const query = new URLSearchParams({ page_size: PAGE_SIZE });
  if ($("status-filter").value) query.set("status", $("status-filter").value);
  if (token) query.set("page_token", token);
  return `/workflows?${query}`;
}

// Nobody is left to whom it may be shown.
function clear() {
  shown = "";
  replace($("history"), []);
  $("newer").disabled = true;
  $("older").disabled = true;
}

// here: id of the workflow that is shown.
export async function refreshHistory(here, { isQuiet = true } = {}) {
  const path = pathOf();
  let page;
  try {
    page = await get(path, { isQuiet });
  } catch (error) {
    if (error.status === 401) clear();
    return;
  }
  const reasons = await Promise.all(page.workflows.map((workflow) => (UNWELL.has(workflow.status) ? errorOf(workflow) : null)));
  if (path !== pathOf()) return;
  next = page.next_page_token;
  $("newer").disabled = before.length === 0;
  $("older").disabled = !next;
  const minute = Math.floor(Date.now() / 60000);
  const state = JSON.stringify([page.workflows, here, path, minute]);
  if (state === shown) return;
  shown = state;
  const items = page.workflows.map((workflow, i) => entry(workflow, reasons[i], here));
  replace($("history"), items.length > 0 ? items : [h("li", { class: "hint" }, "None.")]);
}

export function startHistory(current) {
  const turn = (to) => {
    token = to;
    refreshHistory(current(), { isQuiet: false });
  };
  $("older").addEventListener("click", () => {
    before.push(token);
    turn(next);
  });
  $("newer").addEventListener("click", () => turn(before.pop() ?? ""));
  $("status-filter").addEventListener("change", () => {
    before = [];
    turn("");
  });
}
