// Puts the parts of the page together. #/workflow/<id> shows a workflow; what is beside it is asked for anew
// every few seconds while somebody looks.

import { askForKey, hasKey } from "/page/api.js";
import { startAsking } from "/page/ask.js";
import { $ } from "/page/dom.js";
import { refreshHistory, startHistory } from "/page/history.js";
import { refreshServices } from "/page/services.js";
import { leaveWorkflow, showWorkflow } from "/page/workflow.js";

const REFRESH_MS = 5000;

function currentId() {
  const [, id] = /^#\/workflow\/(.+)$/.exec(location.hash) ?? [];
  return id ? decodeURIComponent(id) : null;
}

function refresh(options) {
  return Promise.all([refreshServices(options), refreshHistory(currentId(), options)]);
}

function navigate() {
  const id = currentId();
  if (id) {
    showWorkflow(id, refresh);
  } else {
    leaveWorkflow();
    $("work").hidden = true;
    $("work").replaceChildren();
  }
  refresh();
}

// Waits for the answer before it asks again, however slow that is.
async function keepFresh() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
    if (document.visibilityState === "visible") await refresh();
  }
}

startAsking((id) => {
  location.hash = `#/workflow/${encodeURIComponent(id)}`;
});
startHistory(currentId);
$("key-button").addEventListener("click", async () => {
  const isGiven = await askForKey();
  if (!isGiven && !hasKey()) {
    // What was shown was for whoever had the key.
    location.hash = "#/";
    leaveWorkflow();
  }
  await refresh({ isQuiet: true });
});
addEventListener("hashchange", navigate);
await refresh({ isQuiet: false });
if (currentId()) navigate();
keepFresh();
