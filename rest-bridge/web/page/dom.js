// Small helpers for elements, and for words that several parts of the page say the same way.

export const $ = (id) => document.getElementById(id);

// h("p", {class: "hint"}, "text", element): attributes that are null or false are left out, functions
// become listeners.
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// Replaces the children, and keeps the focus where the new ones have what had it (by data-key).
export function replace(parent, children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  parent.replaceChildren(...children);
  if (focused) parent.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

export const words = (name) => name.replaceAll("_", " ");

export function badge(status) {
  return h("span", { class: "badge", "data-status": status ?? "unknown" }, words(status ?? "unknown"));
}

// Says it to whoever listens instead of looking, after what is still to be said.
export function announce(text) {
  const announcer = $("announcer");
  announcer.append(h("p", {}, text));
  while (announcer.children.length > 20) announcer.firstElementChild.remove();
}

export function showTrouble(error) {
  const notice = $("trouble");
  notice.hidden = !error;
  notice.textContent = error ? error.message : "";
}

// ---- times ----

const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

// <time> that says how long ago, and when exactly on hovering.
export function ago(iso) {
  if (!iso) return null;
  const seconds = (Date.parse(iso) - Date.now()) / 1000;
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? units.at(-1);
  return h("time", { datetime: iso, title: calendar.format(new Date(iso)) }, relative.format(Math.round(seconds / size), unit));
}

export function moment(iso, { isToday = false } = {}) {
  return iso ? h("time", { datetime: iso }, (isToday ? clock : calendar).format(new Date(iso))) : null;
}

export function duration(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return "";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

export function between(from, to) {
  return from && to ? duration((Date.parse(to) - Date.parse(from)) / 1000) : "";
}
