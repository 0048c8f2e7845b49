// The agents: how they do, where they are, what they offer.

import { get } from "/page/api.js";
import { $, ago, badge, h, replace, words } from "/page/dom.js";

function instance(one) {
  return h("li", {}, h("code", {}, one.address), badge(one.status));
}

function service([name, info], isOpen) {
  const breaker = info.circuit_breaker && info.circuit_breaker !== "closed";
  return h("li", { class: "service-card", "data-name": name },
    h("div", { class: "row spread" }, h("h3", {}, words(name)), badge(info.status)),
    info.reason && h("p", { class: "notice", "data-kind": "warning" }, info.reason),
    h("p", { class: "facts" },
      h("span", {}, h("code", {}, info.url)),
      h("span", { class: breaker ? "alert" : null }, `breaker ${words(info.circuit_breaker || "unknown")}`),
      info.last_check && h("span", {}, "checked ", ago(info.last_check))),
    info.instances.length > 1 && h("ul", { class: "instances", "aria-label": `Instances of ${words(name)}` }, info.instances.map(instance)),
    h("details", { open: isOpen },
      h("summary", { "data-key": `operations-${name}` }, `${info.operations.length} operations`),
      h("ul", { class: "operations" }, info.operations.map((operation) => h("li", {}, words(operation))))));
}

function showHealth(health, text) {
  $("health").dataset.status = health;
  $("health").textContent = text;
}

// Asks once; what fails is said in the header and nowhere else.
export async function refreshServices({ isQuiet = true } = {}) {
  try {
    const { services, healthy_services: healthy } = await get("/services", { isQuiet });
    const all = Object.entries(services);
    const open = new Set([...document.querySelectorAll("#services details[open]")].map((details) => details.closest("li[data-name]").dataset.name));
    replace($("services"), all.map((entry) => service(entry, open.has(entry[0]))));
    const isWell = healthy.length === all.length;
    showHealth(isWell ? "healthy" : "degraded", isWell ? "All services healthy" : `${healthy.length} of ${all.length} services healthy`);
  } catch (error) {
    if (error.status === 401) replace($("services"), []);
    showHealth("unhealthy", error.status === 401 ? "A key is needed" : "Not reachable");
  }
}
