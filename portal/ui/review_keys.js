// The keys of a review. What a key does is a click on a button that is there for the mouse as well;
// the row it is about is marked, read out by a screen reader, and kept in sight.
const ROW = "st-key-row-";
const state = (globalThis.feragReview ??= { row: "", place: 0, wait: 0 });

const rows = () => [...document.querySelectorAll(`[class*="${ROW}"]`)];
const idOf = (row) => [...row.classList].find((c) => c.startsWith(ROW)).slice(ROW.length);
const button = (key) => document.querySelector(`.st-key-${CSS.escape(key)} button`);

function click(key) {
  const found = button(key);
  if (!found || found.disabled) return false;
  found.click();
  return true;
}

function mark(style) {
  style.textContent = state.row
    ? `.${CSS.escape(ROW + state.row)} { outline: 2px solid var(--f-own) !important; outline-offset: 2px; border-radius: .5rem; }`
    : "";
}

function go(step, style, follow) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => idOf(row) === state.row);
  const next = at < 0 ? Math.min(state.place, all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  const row = all[next];
  state.row = idOf(row);
  state.place = next;
  row.tabIndex = -1;
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", row.querySelector(".f-sentence")?.innerText ?? "");
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  mark(style);
  clearTimeout(state.wait);
  if (follow) state.wait = setTimeout(() => click(`show-${state.row}`), 350); // once the reader rests on it
}

function typing(target) {
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) && target.type !== "checkbox";
}

export default function ({ data }) {
  const style = document.querySelector("style.f-mark") ?? document.head.appendChild(document.createElement("style"));
  style.className = "f-mark";
  if (data.row && !rows().some((row) => idOf(row) === state.row)) state.row = "";
  mark(style);

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector('[role="dialog"]')) return;
    const key = event.key;
    let done = true;
    clearTimeout(state.wait);
    if (key === "j") go(1, style, data.beside);
    else if (key === "k") go(-1, style, data.beside);
    else if (["a", "r", "u", "e", "c", "x"].includes(key) && state.row) {
      done = key === "x" ? click(`tick-${state.row}`) || tick() : click(`do-${key}-${state.row}`);
      if (done && key === "a") go(1, style, false);
    } else if (key === "o" && state.row) done = click(`show-${state.row}`);
    else if (key === "A") done = click("accept-matching");
    else if (key === "n") done = click("page-next");
    else if (key === "p") done = click("page-previous");
    else if (key === "?") done = click("keys-help");
    else if (key === "/") done = !focusOn('[class*="st-key-filter-text"] input');
    else if (/^[1-4]$/.test(key)) done = tab(Number(key) - 1);
    else done = false;
    if (done) event.preventDefault();
  }

  function tick() {
    const box = document.querySelector(`.st-key-${CSS.escape("tick-" + state.row)} input`);
    if (box) box.click();
    return Boolean(box);
  }

  function focusOn(selector) {
    const found = document.querySelector(selector);
    if (found) setTimeout(() => found.focus());
    return !found;
  }

  function tab(place) {
    const found = document.querySelectorAll('[class*="st-key-tab-"] button')[place];
    if (found) found.click();
    return Boolean(found);
  }

  const ends = new AbortController();
  globalThis.feragReviewKeys?.abort();
  globalThis.feragReviewKeys = ends;
  document.addEventListener("keydown", press, { signal: ends.signal });
  return () => {
    ends.abort();
    style.textContent = "";
  };
}
