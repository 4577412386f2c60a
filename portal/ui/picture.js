// A neighbourhood drawn by Cytoscape.js on a canvas. It is given labels, colours and opaque ids, and tells which
// of them was picked; nothing that it is given is ever markup, and the list beside it says the same.
const SPACE = 74; // between the middles of two nodes
const MANY = 400; // nodes from which looks give way to speed

function make(parent, words) {
  const root = document.createElement("div");
  root.className = "f-picture";
  const bar = root.appendChild(document.createElement("div"));
  bar.className = "f-picture-bar";
  bar.setAttribute("role", "toolbar");
  const canvas = root.appendChild(document.createElement("div"));
  canvas.className = "f-picture-canvas";
  canvas.setAttribute("role", "img");
  for (const [name, act] of Object.entries({ closer, further, fit, png, svg })) {
    const button = bar.appendChild(document.createElement("button"));
    button.type = "button";
    button.dataset.name = name;
    button.addEventListener("click", () => root.cy && act(root));
  }
  parent.appendChild(root);
  return root;
}

function say(root, words) {
  root.querySelector("[role=toolbar]").setAttribute("aria-label", words.toolbar);
  root.querySelector("[role=img]").setAttribute("aria-label", words.summary);
  for (const button of root.querySelectorAll("button")) button.textContent = words[button.dataset.name];
}

const zoom = (root, by) => {
  const cy = root.cy;
  cy.zoom({ level: cy.zoom() * by, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
};
const closer = (root) => zoom(root, 1.3);
const further = (root) => zoom(root, 1 / 1.3);
const fit = (root) => {
  root.cy.fit(undefined, 24);
  if (root.cy.zoom() > 1.4) {
    root.cy.zoom(1.4);
    root.cy.center();
  }
};

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const ground = () => getComputedStyle(document.querySelector('[data-testid="stApp"]') ?? document.body).backgroundColor;

function png(root) {
  const made = root.cy.png({ output: "blob", full: true, scale: 2, maxWidth: 8000, maxHeight: 8000, bg: ground() });
  save(made, "graph.png");
}

function svg(root) {
  const cy = root.cy;
  const box = cy.elements().boundingBox();
  const space = "http://www.w3.org/2000/svg";
  const add = (to, name, values, text) => {
    const made = to.appendChild(document.createElementNS(space, name));
    for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const page = document.createElementNS(space, "svg");
  page.setAttribute("viewBox", `${box.x1 - 20} ${box.y1 - 20} ${box.w + 40} ${box.h + 40}`);
  const colour = root.ink;
  const font = { "font-family": "sans-serif", "text-anchor": "middle", fill: colour };
  cy.edges().forEach((edge) => {
    const [a, b] = [edge.source().position(), edge.target().position()];
    const look = { stroke: edge.style("line-color"), "stroke-width": 1 };
    if (edge.data("mark") === "removed") look["stroke-dasharray"] = "5 4";
    add(page, "line", { x1: a.x, y1: a.y, x2: b.x, y2: b.y, ...look });
    add(page, "text", { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, "font-size": 9, ...font }, edge.data("label"));
  });
  cy.nodes().forEach((node) => {
    const { x, y } = node.position();
    const look = { fill: node.data("colour"), stroke: node.style("border-color"), "stroke-width": 1 };
    add(page, "circle", { cx: x, cy: y, r: node.width() / 2, ...look });
    add(page, "text", { x, y: y + node.width() / 2 + 13, "font-size": 11, ...font }, node.data("label"));
  });
  const text = new XMLSerializer().serializeToString(page);
  save(new Blob([text], { type: "image/svg+xml" }), "graph.svg");
}

// ---- where things stand: the same data always give the same picture

function rings(nodes) {
  const at = new Map();
  let radius = 0;
  const hops = new Map();
  for (const n of nodes) hops.set(n.hop, [...(hops.get(n.hop) ?? []), n.id]);
  for (const hop of [...hops.keys()].sort((a, b) => a - b)) {
    let rest = hops.get(hop);
    while (rest.length) {
      const room = radius ? Math.max(6, Math.floor((2 * Math.PI * radius) / SPACE)) : 1;
      const row = rest.slice(0, room);
      row.forEach((id, i) => {
        const angle = (2 * Math.PI * (i + (radius ? 0.5 : 0))) / row.length - Math.PI / 2;
        at.set(id, { x: 1.3 * radius * Math.cos(angle), y: radius * Math.sin(angle) });
      });
      rest = rest.slice(room);
      radius += radius ? SPACE : 1.7 * SPACE;
    }
  }
  return at;
}

function kinds(nodes) {
  const at = new Map();
  const groups = new Map();
  for (const n of nodes) groups.set(n.kind, [...(groups.get(n.kind) ?? []), n.id]);
  let left = 0;
  for (const ids of groups.values()) {
    const wide = Math.ceil(Math.sqrt(ids.length));
    ids.forEach((id, i) => at.set(id, { x: left + (i % wide) * SPACE * 1.3, y: Math.floor(i / wide) * SPACE }));
    left += (wide + 1) * SPACE * 1.3;
  }
  return at;
}

function arrange(root, data) {
  const cy = root.cy;
  const first = data.layout === "kinds" ? kinds(data.nodes) : rings(data.nodes);
  const free = cy.nodes().filter((n) => !n.locked());
  free.positions((n) => first.get(n.id()));
  const options = { animate: false, fit: true, padding: 24 };
  if (data.layout === "force" && data.nodes.length <= MANY) {
    const pull = { nodeRepulsion: () => 90000, idealEdgeLength: () => 90, gravity: 0.4, nodeOverlap: 12 };
    cy.layout({ name: "cose", randomize: false, numIter: data.nodes.length > 150 ? 250 : 600, ...options, ...pull }).run();
  } else if (data.layout === "tree") {
    const roots = data.roots.map((id) => `#${id}`).join(",");
    cy.layout({ name: "breadthfirst", roots, directed: data.directed, spacingFactor: 1.1, ...options }).run();
  } else if (data.layout === "circle") cy.layout({ name: "circle", ...options }).run();
  fit(root);
}

// ---- drawing

function look(root) {
  const many = root.cy.nodes().length > MANY;
  const ink = (root.ink = getComputedStyle(root).color);
  const label = { "font-size": 11, color: ink, "font-family": "sans-serif", "min-zoomed-font-size": 7 };
  const border = { "border-width": 1, "border-color": ink, "border-opacity": 0.35 };
  return [
    { selector: "node", style: { "background-color": "data(colour)", width: "data(size)", height: "data(size)", label: "data(label)",
      "text-wrap": "wrap", "text-max-width": 110, "text-valign": "bottom", "text-margin-y": 3, ...label, ...border } },
    { selector: "edge", style: { width: 1.2, "line-color": ink, "line-opacity": 0.4, "curve-style": many ? "haystack" : "bezier",
      "target-arrow-shape": "triangle", "target-arrow-color": ink, "arrow-scale": 0.8, label: many ? "" : "data(label)",
      "text-rotation": "autorotate", ...label, "font-size": 9, "min-zoomed-font-size": 8,
      "text-background-color": ground(), "text-background-opacity": 0.8 } },
    { selector: "node[?centre]", style: { "border-width": 3, "border-opacity": 0.9, "font-weight": "bold" } },
    { selector: "node[?pinned]", style: { shape: "round-diamond" } },
    { selector: "edge[mark = 'kind']", style: { "line-style": "dashed" } },
    { selector: "[mark = 'added']", style: { "border-width": 4, "border-color": "#2e9e4f", "border-opacity": 1,
      "line-color": "#2e9e4f", "target-arrow-color": "#2e9e4f", "line-opacity": 1 } },
    { selector: "edge[mark = 'changed']", style: { "line-color": "#c98500", "target-arrow-color": "#c98500", "line-opacity": 1, width: 2.5 } },
    { selector: "[mark = 'removed']", style: { "border-width": 4, "border-color": "#d0453e", "border-opacity": 1, "line-style": "dashed",
      "line-color": "#d0453e", "target-arrow-color": "#d0453e", "line-opacity": 1 } },
    { selector: ".picked", style: { "overlay-color": "#2f8f86", "overlay-opacity": 0.28, "overlay-padding": 6 } },
  ];
}

function change(root, data) {
  const cy = root.cy;
  const wanted = new Set([...data.nodes, ...data.edges].map((e) => e.id));
  const fresh = data.nodes.filter((n) => !cy.getElementById(n.id).length);
  const again = root.layout !== data.layout || root.centre !== data.centre || fresh.length === data.nodes.length;
  cy.batch(() => {
    cy.elements().filter((e) => !wanted.has(e.id())).remove();
    for (const n of data.nodes) {
      const there = cy.getElementById(n.id);
      if (there.length) there.data(n);
      else cy.add({ group: "nodes", data: n });
    }
    for (const e of data.edges) {
      if (!cy.getElementById(e.id).length) cy.add({ group: "edges", data: { ...e, source: e.a, target: e.b } });
    }
    for (const n of data.nodes) cy.getElementById(n.id)[n.pinned ? "lock" : "unlock"]();
  });
  cy.style(look(root));
  if (again) arrange(root, data);
  else if (fresh.length) beside(root, fresh);
  [root.layout, root.centre] = [data.layout, data.centre];
  cy.elements().removeClass("picked");
  if (data.picked) cy.getElementById(data.picked).addClass("picked");
}

// What is new stands around what it belongs to; what was there stays.
function beside(root, fresh) {
  const cy = root.cy;
  const news = new Set(fresh.map((n) => n.id));
  const around = new Map();
  for (const { id } of fresh) {
    const node = cy.getElementById(id);
    const old = node.neighborhood("node").filter((n) => !news.has(n.id())).first();
    const middle = old.length ? old.position() : { x: 0, y: 0 };
    const key = old.length ? old.id() : "";
    const i = around.get(key) ?? 0;
    around.set(key, i + 1);
    const angle = i * 2.4;
    const far = SPACE * (1 + 0.32 * Math.sqrt(i));
    node.position({ x: middle.x + far * Math.cos(angle), y: middle.y + far * Math.sin(angle) });
  }
  fit(root);
}

async function start(root) {
  const { default: cytoscape } = await import(new URL(root.source, document.baseURI).href);
  if (!root.isConnected) { // the page has gone on
    root.starting = undefined;
    return;
  }
  const many = root.data.nodes.length > MANY;
  root.cy = cytoscape({
    container: root.querySelector("[role=img]"), layout: { name: "preset" }, minZoom: 0.03, maxZoom: 4, userZoomingEnabled: false,
    boxSelectionEnabled: false, selectionType: "single", autounselectify: true,
    hideEdgesOnViewport: many, textureOnViewport: many, pixelRatio: many ? 1 : "auto",
  });
  root.cy.on("onetap", "node, edge", (event) => root.tell("picked", event.target.id()));
  root.cy.on("dbltap", "node", (event) => root.tell("expanded", event.target.id()));
  // Cytoscape keeps where the canvas stands on the page; what opens or is said above moves it without a scroll
  for (const event of ["pointerenter", "pointerdown"]) {
    root.addEventListener(event, () => root.cy?.renderer().invalidateContainerClientCoordsCache(), { capture: true });
  }
  root.querySelector("[role=img]").addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return; // the page scrolls
    event.preventDefault();
    zoom(root, event.deltaY < 0 ? 1.15 : 1 / 1.15);
  }, { passive: false });
  change(root, root.data);
  root.dataset.drawn = root.data.sign;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".f-picture") ?? make(parentElement);
  say(root, data.words);
  root.data = data;
  root.source = data.source;
  root.tell = setTriggerValue;
  if (root.cy) {
    change(root, data);
    root.dataset.drawn = data.sign;
  } else root.starting ??= start(root);
  return () => {
    if (root.isConnected) return;
    root.cy?.destroy();
  };
}
