// One workflow: its steps as they go, live from the events route.

import { get } from "/page/api.js";
import { $, announce, badge, between, duration, h, moment, showTrouble, words } from "/page/dom.js";
import { watch } from "/page/events.js";
import { planPicture } from "/page/plan.js";
import { cancelWorkflow, reconcileStep } from "/page/reconcile.js";

const LAST = new Set(["completed", "failed", "cancelled", "needs_reconciliation"]);
const SETTLED = new Set(["completed", "failed", "skipped", "blocked", "cancelled", "needs_reconciliation"]);

const pathOf = (id) => `/workflow/${encodeURIComponent(id)}`;

let current = null;

// What is shown of one workflow, and what keeps it fresh.
class View {
  constructor(id, onChange) {
    this.id = id;
    this.onChange = onChange;
    this.abort = new AbortController();
    this.states = new Map();
    this.picture = null;
  }

  // ---- what is known ----

  take(workflow) {
    this.workflow = workflow;
    this.steps = workflow.workflow_plan?.execution_steps ?? [];
    for (const step of workflow.steps) this.states.set(step.step_id, { ...step });
    const results = workflow.result?.execution_results?.step_results ?? {};
    for (const [id, result] of Object.entries(results)) {
      this.states.set(id, { ...this.states.get(id), status: result.status, attempts: result.attempts, error: result.error, result: result.result });
    }
  }

  // What happened before the page asked is told again from the first event: only results are news in it.
  takeOld(event) {
    if (!event.step_id || event.result === null) return;
    this.states.set(event.step_id, { ...this.states.get(event.step_id), result: event.result });
    this.picture?.update(event.step_id);
  }

  takeEvent(event) {
    Object.assign(this.workflow, { status: event.status, updated_at: event.timestamp, sequence: event.sequence });
    if (event.workflow_plan) {
      this.steps = event.workflow_plan.execution_steps ?? [];
      this.workflow.workflow_plan = event.workflow_plan;
      this.draw();
    }
    if (event.step_id) this.takeStep(event);
    this.drawHead();
  }

  takeStep(event) {
    const state = { ...this.states.get(event.step_id), status: event.step_status, attempts: event.attempts, error: event.error };
    if (event.result !== null) state.result = event.result;
    if (event.step_status === "running" && !state.started_at) state.started_at = event.timestamp;
    if (SETTLED.has(event.step_status)) state.ended_at = event.timestamp;
    this.states.set(event.step_id, state);
    this.picture?.setStatus(event.step_id, state.status);
    this.picture?.update(event.step_id);
    announce(`${event.step_id}: ${words(event.step_status)}${event.error ? `, ${event.error}` : ""}`);
  }

  // ---- what is shown ----

  // The parts that change all the time; the others stay as they are, and keep the focus.
  drawHead() {
    const { status, created_at: begun, updated_at: changed } = this.workflow;
    const states = [...this.states.values()];
    const done = states.filter((state) => state.status === "completed").length;
    const took = this.workflow.result ? duration(this.workflow.result.execution_time) : between(begun, changed);
    this.head.replaceChildren(
      badge(status),
      h("span", {}, "accepted ", moment(begun)),
      h("span", {}, LAST.has(status) ? `took ${took}` : "under way"),
      this.steps.length > 0 ? h("span", {}, `${done} of ${this.steps.length} steps`) : "");
    this.progress.max = Math.max(this.steps.length, 1);
    this.progress.value = done;
    this.progress.hidden = this.steps.length === 0;
    this.cancelButton.hidden = LAST.has(status);
    document.title = `${words(status)} – ServiceLane`;
  }

  make() {
    this.head = h("p", { class: "facts" });
    this.progress = h("progress", { "aria-label": "Completed steps" });
    this.body = h("div", {});
    this.end = h("div", {});
    this.lost = h("p", { class: "notice", "data-kind": "warning", role: "status", hidden: true }, "The connection is lost; trying again …");
    this.cancelButton = h("button", { type: "button", class: "danger", click: () => this.cancel() }, "Cancel …");
    this.heading = h("h2", { id: "work-heading", tabindex: "-1" }, this.workflow.user_request || "A reviewed plan");
    const section = $("work");
    section.hidden = false;
    section.replaceChildren(this.heading, h("p", { class: "id" }, this.id), this.head, this.progress, this.lost, this.body, this.end,
      h("div", { class: "row actions" }, this.cancelButton));
  }

  // Graph and list, once there is a plan.
  draw() {
    const isWaiting = this.steps.length === 0 && !LAST.has(this.workflow.status);
    this.picture = this.steps.length === 0 ? null : planPicture(this.steps, this.states, {
      onReconcile: (step) => this.reconcile(step),
    });
    this.body.replaceChildren(
      ...(isWaiting ? [h("p", { class: "busy" }, "Planning …")] : []),
      ...(this.picture?.elements.filter(Boolean) ?? []));
    this.drawSteps();
  }

  // What is open or has the focus in a step stays so.
  drawSteps() {
    for (const [id, state] of this.states) {
      this.picture?.setStatus(id, state.status);
      this.picture?.update(id);
    }
    this.end.replaceChildren(...this.ending());
  }

  // What the summary says, in words; of one that came to nothing it is the answer itself.
  ending() {
    const text = this.workflow.result?.final_result;
    if (!text) return [];
    if (this.steps.length === 0) return [h("p", { class: "notice", "data-kind": "warning" }, text)];
    return [h("details", { class: "summary" }, h("summary", {}, "Summary"), h("pre", { tabindex: "0" }, text))];
  }

  // ---- what happens ----

  async open() {
    this.take(await get(pathOf(this.id)));
    if (this.abort.signal.aborted) return;
    this.make();
    this.draw();
    this.drawHead();
    this.heading.focus();
    if (!LAST.has(this.workflow.status)) await this.follow();
  }

  async follow() {
    const known = this.workflow.sequence;
    const events = watch(`${pathOf(this.id)}/events`, {
      signal: this.abort.signal,
      isLast: (event) => LAST.has(event.status) && !event.step_id,
      onLoss: (isLost) => { this.lost.hidden = !isLost; },
    });
    for await (const event of events) {
      if (event.sequence <= known) this.takeOld(event);
      else this.takeEvent(event);
    }
    if (this.abort.signal.aborted) return;
    this.lost.hidden = true;
    this.take(await get(pathOf(this.id)));
    if (this.picture) this.drawSteps();
    else this.draw();
    this.drawHead();
    announce(`The workflow is ${words(this.workflow.status)}.`);
    this.onChange();
  }

  async cancel() {
    try {
      if (await cancelWorkflow(this.id)) announce("The workflow is being cancelled.");
    } catch (error) {
      showTrouble(error);
    }
  }

  async reconcile(step) {
    if (!(await reconcileStep(this.id, step))) return;
    announce(`${step.step_id} is settled.`);
    showWorkflow(this.id, this.onChange);
  }
}

export function leaveWorkflow() {
  current?.abort.abort();
  current = null;
  document.title = "ServiceLane";
}

// onChange() runs when it has ended.
export async function showWorkflow(id, onChange) {
  leaveWorkflow();
  const view = new View(id, onChange);
  current = view;
  showTrouble(null);
  try {
    await view.open();
  } catch (error) {
    if (current === view) showTrouble(error);
  }
}
