// Requests to the routes of this port. A key, where the server wants one, is kept in sessionStorage and
// asked for once, however many requests need it.

import { $ } from "/page/dom.js";

const KEY = "servicelane-key";

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// A JWT has three parts between dots; anything else is a key.
export function credentials() {
  const key = sessionStorage.getItem(KEY);
  if (!key) return {};
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(key) ? { authorization: `Bearer ${key}` } : { "x-api-key": key };
}

export const hasKey = () => sessionStorage.getItem(KEY) !== null;

// ---- the key ----

let asking = null;

// Resolves to whether there is a key to try with.
export function askForKey(text) {
  if (asking) return asking;
  const dialog = $("key-dialog");
  const input = $("key");
  if (text) $("key-text").textContent = text;
  input.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  input.focus();
  asking = new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      asking = null;
      if (dialog.returnValue === "forget") sessionStorage.removeItem(KEY);
      if (dialog.returnValue === "use" && input.value.trim()) sessionStorage.setItem(KEY, input.value.trim());
      resolve(dialog.returnValue === "use" && input.value.trim() !== "");
      input.value = "";
    }, { once: true });
  });
  return asking;
}

// ---- requests ----

// What the server says in {"detail"}: a text, or the faults of a request.
function detailText(detail, status) {
  if (typeof detail === "string") return detail;
  if (Array.isArray(detail)) return detail.map((fault) => `${fault.loc.slice(1).join(".")}: ${fault.msg}`).join("; ");
  return `The server answered ${status}.`;
}

export async function failure(response) {
  const body = await response.json().catch(() => ({}));
  return new ApiError(response.status, detailText(body.detail, response.status));
}

// isQuiet: a request that nobody asked for asks for no key either.
async function request(method, path, body, isQuiet) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { ...credentials(), ...(body === undefined ? {} : { "content-type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, "The server cannot be reached.");
  }
  if (response.status === 401 && !isQuiet && (await askForKey())) return request(method, path, body, true);
  if (!response.ok) throw await failure(response);
  return response.json();
}

export const get = (path, { isQuiet = false } = {}) => request("GET", path, undefined, isQuiet);
export const post = (path, body) => request("POST", path, body, false);
