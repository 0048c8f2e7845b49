// A plan to look at before it runs.

import { $, h, words } from "/page/dom.js";
import { canDraw, drawGraph } from "/page/graph.js";
import { goToStep, stepList } from "/page/steps.js";

const wide = matchMedia("(min-width: 44rem)");

// Graph and list of the steps. Returns {elements, setStatus(step_id, status), update(step_id)}.
export function planPicture(steps, states, options = {}) {
  const list = stepList(steps, states, options);
  const graph = drawGraph(steps, { added: options.added, isWide: wide.matches, onPick: goToStep });
  const frame = graph && h("div", { class: "frame", tabindex: "0", role: "region", "aria-label": "Graph of the plan" }, graph.element);
  return {
    elements: [
      frame,
      !canDraw && h("p", { class: "hint" }, "The graph is not drawn: this server was built without the graph library."),
      h("h3", { class: "unseen" }, "Steps"),
      list.element,
    ],
    setStatus: (id, status) => graph?.setStatus(id, status),
    update: list.update,
  };
}

function facts(plan) {
  const name = plan.planner?.name;
  const planner = name === "built_in" ? "by the built-in planner" : name ? `by ${words(name)}` : null;
  const seconds = plan.estimated_duration_seconds;
  return h("p", { class: "facts" },
    plan.risk_level && h("span", { class: "badge", "data-risk": plan.risk_level }, `${plan.risk_level} risk`),
    h("span", {}, `${plan.execution_steps?.length ?? 0} steps`),
    seconds > 0 && h("span", {}, `about ${seconds} s`),
    planner && h("span", {}, planner));
}

// answer: of POST /plan. onRun() runs the plan that is shown.
export function showPlan(answer, { onRun, onDrop }) {
  const plan = answer.workflow_plan ?? {};
  const steps = plan.execution_steps ?? [];
  const { valid = false, errors = [], added_steps: added = [] } = answer.validation ?? {};
  const section = $("work");
  const heading = h("h2", { id: "work-heading", tabindex: "-1" }, answer.success ? "The plan" : "This cannot run");
  section.hidden = false;
  section.replaceChildren(
    h("div", { class: "row spread" }, heading, steps.length > 0 ? facts(plan) : ""),
    ...(errors.length > 0 ? [h("ul", { class: "notice", "data-kind": "error" }, errors.map((text) => h("li", {}, text)))] : []),
    ...(steps.length === 0 && errors.length === 0 ? [h("p", { class: "notice", "data-kind": "warning" }, answer.message)] : []),
    ...(steps.length > 0 ? planPicture(steps, new Map(), { added }).elements.filter(Boolean) : []),
    h("div", { class: "row actions" },
      answer.success && valid ? h("button", { type: "button", class: "primary", id: "run-plan", click: onRun }, "Run this plan") : "",
      h("button", { type: "button", click: onDrop }, "Drop it")));
  heading.focus();
}
