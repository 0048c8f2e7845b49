// The request: said, planned, completed where something is missing, and run.

import { post } from "/page/api.js";
import { $, announce, h, showTrouble } from "/page/dom.js";
import { showPlan } from "/page/plan.js";
import { leaveWorkflow } from "/page/workflow.js";

const words = () => $("words").value.trim();

function setBusy(text) {
  $("ask-busy").hidden = !text;
  $("ask-busy").textContent = text ?? "";
  for (const button of document.querySelectorAll("#ask button, #missing button, #run-plan")) button.disabled = Boolean(text);
  if (text) announce(text);
}

// Does something that takes a while, and says what went wrong.
async function busy(text, work) {
  setBusy(text);
  showTrouble(null);
  try {
    return await work();
  } catch (error) {
    showTrouble(error);
    return null;
  } finally {
    setBusy(null);
  }
}

// ---- what is missing ----

// "amount of the payment link: how much is to be paid, such as $100?" names a value of the context.
function question(text) {
  const [, name, what, asked] = /^([a-z_]+) of (.+?): (.+)$/s.exec(text) ?? [null, null, null, text];
  return { name, what, asked: asked[0].toUpperCase() + asked.slice(1) };
}

// "$100" is the number 100 where money is meant; an id stays text.
function contextValue(name, text) {
  const number = Number(text.replace(/^[$€£]\s*|\s*[$€£]$/g, "").replaceAll(",", ""));
  return name === "amount" && Number.isFinite(number) ? number : text;
}

function hideMissing() {
  $("missing").hidden = true;
  $("missing").replaceChildren();
}

function showMissing(missing, context) {
  const questions = missing.map(question);
  const fields = questions.filter(({ name }) => name).map(({ name, what, asked }) => h("p", {},
    h("label", { for: `missing-${name}` }, asked),
    h("input", { id: `missing-${name}`, name, required: true, autocomplete: "off", "aria-description": what })));
  const others = questions.filter(({ name }) => !name).map(({ asked }) => h("li", {}, asked));
  const form = $("missing");
  form.hidden = false;
  form.replaceChildren(
    h("h3", { id: "missing-heading", tabindex: "-1" }, "Something is missing"),
    h("p", { class: "hint" }, others.length > 0 ? "Say it in the request above:" : "Nothing was planned yet. Answer here, or say it in the request."),
    ...(others.length > 0 ? [h("ul", {}, others)] : []),
    ...fields,
    ...(fields.length > 0 ? [h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, "Plan it with this"))] : []));
  form.onsubmit = (event) => {
    event.preventDefault();
    const given = [...new FormData(form)].map(([name, text]) => [name, contextValue(name, text.trim())]);
    plan({ ...context, ...Object.fromEntries(given) });
  };
  (form.querySelector("input") ?? $("words")).focus();
  announce(`Something is missing. ${questions.map(({ asked }) => asked).join(" ")}`);
}

// ---- planning and running ----

let onStarted = () => {};

async function run(request) {
  const accepted = await busy("Starting …", () => post("/orchestrate-async", request));
  if (!accepted) return;
  hideMissing();
  onStarted(accepted.request_id);
}

function dropPlan() {
  $("work").hidden = true;
  $("work").replaceChildren();
  $("words").focus();
}

async function plan(context, { isRunAtOnce = false } = {}) {
  if (!words()) {
    $("words").focus();
    return;
  }
  const request = { user_request: words(), context };
  const answer = await busy("Planning …", () => post("/plan", request));
  if (!answer) return;
  hideMissing();
  if (answer.missing.length > 0) {
    dropPlan();
    showMissing(answer.missing, context);
  } else if (isRunAtOnce && answer.success) {
    await run({ ...request, plan: answer.workflow_plan });
  } else {
    leaveWorkflow();
    history.pushState(null, "", "#/");
    showPlan(answer, { onRun: () => run({ ...request, plan: answer.workflow_plan }), onDrop: dropPlan });
  }
}

// started(request_id) runs when a workflow was accepted.
export function startAsking(started) {
  onStarted = started;
  $("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    plan({});
  });
  $("run-at-once").addEventListener("click", () => plan({}, { isRunAtOnce: true }));
  $("words").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("ask").requestSubmit();
  });
  for (const example of document.querySelectorAll("#examples button")) {
    example.addEventListener("click", () => {
      $("words").value = example.textContent;
      $("words").focus();
    });
  }
}
