// The two things a person decides of a workflow: to end it, and what came of a step that nobody knows of.

import { post } from "/page/api.js";
import { $ } from "/page/dom.js";

const path = (id, ...rest) => ["/workflow", encodeURIComponent(id), ...rest].join("/");

// Shows a dialog. Resolves to the value of the button that closed it, "" for none.
function open(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

// Resolves to whether it was cancelled; throws where the server refuses.
export async function cancelWorkflow(id) {
  $("cancel-reason").value = "";
  if ((await open($("cancel-dialog"))) !== "cancel") return false;
  await post(path(id, "cancel"), { reason: $("cancel-reason").value.trim() || null });
  return true;
}

// The result as JSON; a text that is none is taken as text.
function resultOf(text) {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// Resolves to whether the step was settled.
export async function reconcileStep(id, step) {
  const dialog = $("reconcile-dialog");
  const form = dialog.querySelector("form");
  form.reset();
  $("reconcile-trouble").hidden = true;
  $("reconcile-result-part").hidden = true;
  $("reconcile-step").textContent = step.step_id;
  form.onchange = () => {
    $("reconcile-result-part").hidden = form.elements.outcome.value !== "happened";
  };
  while ((await open(dialog)) === "settle") {
    const outcome = form.elements.outcome.value;
    try {
      await post(path(id, "steps", encodeURIComponent(step.step_id), "reconcile"), {
        outcome,
        result: outcome === "happened" ? resultOf($("reconcile-result").value.trim()) : null,
        reason: $("reconcile-reason").value.trim(),
      });
      return true;
    } catch (error) {
      $("reconcile-trouble").textContent = error.message;
      $("reconcile-trouble").hidden = false;
    }
  }
  return false;
}
