// The list of a plan's steps: what each does, where it is, what came of it. It says all that the graph shows.

import { badge, between, h, moment, words } from "/page/dom.js";

// How bad it is that a step did not complete; not said: bad.
const KINDS = {
  retrying: "warning", running: "warning", needs_reconciliation: "warning", blocked: "plain", skipped: "plain", cancelled: "plain",
};

function json(value) {
  return h("pre", { tabindex: "0" }, JSON.stringify(value, null, 2));
}

// As a person would write it, while it is simple.
function shown(value) {
  if (Array.isArray(value)) return value.map(shown).join(", ");
  if (value === null || typeof value !== "object") return String(value);
  return Object.entries(value).map(([name, one]) => `${name}: ${shown(one)}`).join(", ");
}

function parameters(step) {
  const entries = Object.entries(step.parameters ?? {});
  if (entries.length === 0) return null;
  return h("dl", { class: "pairs" }, entries.map(([name, value]) => h("div", {}, h("dt", {}, words(name)), h("dd", {}, shown(value)))));
}

function facts(step, state) {
  const needs = step.dependencies ?? [];
  return h("p", { class: "facts" },
    h("span", { class: "id" }, step.step_id),
    needs.length > 0 && h("span", {}, `after ${needs.join(", ")}`),
    state?.started_at && h("span", {}, "started ", moment(state.started_at, { isToday: true })),
    state?.ended_at && state.started_at && h("span", {}, `took ${between(state.started_at, state.ended_at)}`),
    state?.attempts > 1 && h("span", {}, `${state.attempts} attempts`));
}

// One step. state: {status, attempts, started_at, ended_at, error, result}, null before it runs.
function item(step, number, state, isAdded, onReconcile) {
  const status = state?.status ?? "planned";
  const isOpen = status === "needs_reconciliation" && onReconcile;
  return h("li", { id: `step-${step.step_id}`, class: "step", "data-status": status },
    h("div", { class: "row spread" },
      h("h4", {}, h("span", { class: "number" }, `${number}`), ` ${words(step.operation ?? "")} `,
        h("span", { class: "service" }, words(step.service_name ?? ""))),
      state ? badge(status) : isAdded && h("span", { class: "badge", "data-status": "added" }, "added check")),
    parameters(step),
    facts(step, state),
    state?.error && h("p", { class: "notice", "data-kind": KINDS[status] ?? "error" }, state.error),
    isOpen && h("button", { type: "button", class: "primary", "data-key": `reconcile-${step.step_id}`, click: () => onReconcile(step) }, "Say what happened …"),
    state?.result !== null && state?.result !== undefined &&
      h("details", {}, h("summary", { "data-key": `result-${step.step_id}` }, "Result"), json(state.result)));
}

// steps: the plan's; states: by step id. Returns {element, update(step_id)}; update draws one step anew.
export function stepList(steps, states = new Map(), { added = [], onReconcile } = {}) {
  const make = (index) => {
    const step = steps[index];
    return item(step, index + 1, states.get(step.step_id), added.includes(step.step_id), onReconcile);
  };
  const list = h("ol", { class: "steps" }, steps.map((_, index) => make(index)));
  return {
    element: list,
    update(id) {
      const index = steps.findIndex((step) => step.step_id === id);
      if (index < 0) return;
      const old = list.children[index];
      const wasOpen = old.querySelector("details")?.open ?? false;
      const focused = old.contains(document.activeElement) ? document.activeElement.dataset.key : null;
      const fresh = make(index);
      old.replaceWith(fresh);
      const details = fresh.querySelector("details");
      if (details) details.open = wasOpen;
      if (focused) fresh.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    },
  };
}

export function goToStep(id) {
  const element = document.getElementById(`step-${id}`);
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element?.scrollIntoView({ behavior: isStill ? "auto" : "smooth", block: "center" });
  element?.classList.add("found");
  setTimeout(() => element?.classList.remove("found"), 1500);
}
