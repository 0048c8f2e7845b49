// The plan as a graph: dagre finds the places, this draws them. It shows nothing that the list of steps does
// not say, so to who listens it is one picture with a name.

import { words } from "/page/dom.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 216;
const HEIGHT = 62;
const MAX_TEXT = 27;
// Drawn smaller than this nobody can read it: then it is scrolled.
const SMALLEST = 0.8;

const NOTABLE = new Set(["running", "retrying", "failed", "needs_reconciliation"]);

let dagre = null;
try {
  dagre = await import("/page/dagre.js");
} catch {
  // Built without it: the list of steps remains.
}

export const canDraw = dagre !== null;

function s(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const cut = (text) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text);

function place(steps, isWide) {
  const graph = new dagre.Graph();
  graph.setGraph({ rankdir: isWide ? "LR" : "TB", nodesep: 22, ranksep: isWide ? 56 : 40, marginx: 6, marginy: 6 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(steps.map((step) => step.step_id));
  for (const step of steps) graph.setNode(step.step_id, { width: WIDTH, height: HEIGHT });
  for (const step of steps) {
    for (const needed of step.dependencies ?? []) if (known.has(needed)) graph.setEdge(needed, step.step_id);
  }
  dagre.layout(graph);
  return graph;
}

// A smooth line through dagre's points.
function line(points) {
  let path = `M${points[0].x} ${points[0].y}`;
  for (let i = 1; i < points.length - 1; i++) {
    const [a, b] = [points[i], points[i + 1]];
    const isEnd = i === points.length - 2;
    path += ` Q${a.x} ${a.y} ${isEnd ? b.x : (a.x + b.x) / 2} ${isEnd ? b.y : (a.y + b.y) / 2}`;
  }
  return path;
}

function node(step, at, isAdded, onPick) {
  const [x, y] = [at.x - WIDTH / 2, at.y - HEIGHT / 2];
  const group = s("g", { class: "node", "data-step": step.step_id, "data-status": "planned", transform: `translate(${x} ${y})` },
    s("title", {}, `${step.step_id}: ${step.service_name}.${step.operation}`),
    s("rect", { class: "box", width: WIDTH, height: HEIGHT, rx: 10 }),
    s("rect", { class: "bar", x: 0, y: 14, width: 4, height: HEIGHT - 28, rx: 2 }),
    s("text", { class: "what", x: 16, y: 25 }, cut(words(step.operation))),
    s("text", { class: "who", x: 16, y: 46 }, words(step.service_name)),
    s("text", { class: "state", x: WIDTH - 12, y: 46, "text-anchor": "end" }, isAdded ? "added check" : ""));
  group.addEventListener("click", () => onPick(step.step_id));
  return group;
}

// steps: the plan's. onPick(step_id) runs when one is clicked. Returns {element, setStatus}, or null.
export function drawGraph(steps, { added = [], isWide = true, onPick = () => {} } = {}) {
  if (!canDraw || steps.length === 0) return null;
  const graph = place(steps, isWide);
  const { width, height } = graph.graph();
  const svg = s("svg", {
    class: "graph", viewBox: `0 0 ${width} ${height}`, width, height, role: "img",
    "aria-label": `Graph of the plan: ${steps.length} steps, the same as in the list below`,
  });
  svg.style.minWidth = `${Math.round(width * SMALLEST)}px`;
  svg.append(s("defs", {}, s("marker", {
    id: "arrow", viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse",
  }, s("path", { d: "M1 1 L9 5 L1 9", class: "head" }))));
  for (const edge of graph.edges()) {
    svg.append(s("path", { class: "edge", d: line(graph.edge(edge).points), "marker-end": "url(#arrow)", "data-from": edge.v }));
  }
  const nodes = new Map();
  for (const step of steps) {
    const drawn = node(step, graph.node(step.step_id), added.includes(step.step_id), onPick);
    nodes.set(step.step_id, drawn);
    svg.append(drawn);
  }
  // What runs is where one looks; without moving the page.
  function reveal(id) {
    const frame = svg.parentElement;
    const scale = svg.getBoundingClientRect().width / width;
    frame?.scrollTo({ left: graph.node(id).x * scale - frame.clientWidth / 2 });
  }
  function setStatus(id, status) {
    const drawn = nodes.get(id);
    if (!drawn) return;
    if (NOTABLE.has(status)) reveal(id);
    drawn.dataset.status = status;
    drawn.querySelector(".state").textContent = status === "needs_reconciliation" ? "unknown outcome" : words(status);
    for (const edge of svg.querySelectorAll(`.edge[data-from="${CSS.escape(id)}"]`)) edge.dataset.status = status;
  }
  return { element: svg, setStatus };
}
