/**
 * The room "Inside": what the model is made of, in parts.  A part is a module with `create(link)` →
 * `{element, show(state)}` and `styles` (or several `sheets`), as a lens is; it is loaded when it is first opened.
 *
 * State: `{part, parts: [{name, title}]}` and the open part's own.  Sends: `inside_part {name}`.
 */
import { h, css, setText, shadow } from "./dom.js";
import { shared } from "./styles.js";
import { t } from "./wording.js";

const PARTS = { tokens: () => import("./inside_tokens.js"), embedding: () => import("./inside_embedding.js"), shape: () => import("./inside_shape.js"), layers: () => import("./inside_layers.js") };

/** @param {import("./link.js").Link} link */
export function create(link) {
  const bar = h("div", { class: "parts", role: "tablist", "aria-label": t("Parts of the model") });
  const panel = h("div", { role: "tabpanel", id: "part-panel", tabindex: -1 });
  const element = h("div", { class: "inside" }, h("h2", { class: "sr" }, t("Inside the model")), bar, panel);
  const opened = {};
  let latest;
  const show = async (state) => {
    latest = state;
    drawTabs(bar, state, link);
    panel.setAttribute("aria-labelledby", `part-${state.part}`);
    const part = opened[state.part] ??= await open(state.part, link);
    if (latest !== state) return;
    if (panel.firstChild !== part.element) panel.replaceChildren(part.element);
    part.show(state);
  };
  return { element, show };
}

async function open(name, link) {
  const part = await PARTS[name]();
  const { host, root } = shadow("part", [shared, common, ...(part.sheets ?? [part.styles])]);
  const { element, show } = part.create(link);
  root.append(element);
  return { element: host, show };
}

function drawTabs(bar, { part, parts }, link) {
  parts.forEach(({ name, title }, i) => {
    const tab = bar.children[i] ?? bar.appendChild(makeTab(bar, name, link));
    setText(tab, title);
    tab.setAttribute("aria-selected", String(name === part));
    tab.tabIndex = name === part ? 0 : -1;
  });
}

function makeTab(bar, name, link) {
  const tab = h("button", { type: "button", role: "tab", id: `part-${name}`, "aria-controls": "part-panel", onclick: () => link.send("inside_part", { name }) });
  tab.addEventListener("keydown", (event) => {
    const tabs = [...bar.children];
    const at = tabs.indexOf(tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    const other = tabs.at(to % tabs.length);
    other.focus();
    other.click();
    event.preventDefault();
  });
  return tab;
}

/** What the parts have in common. */
const common = css`
  h3 { font-size: 1.05rem; font-weight: 650; } h4 { margin: 0; font-size: 0.92rem; font-weight: 600; }
  .prose { max-width: 46rem; color: var(--muted); line-height: 1.55; }
  .token { border: 0; background: none; padding: 2px 6px; margin-left: -6px; border-radius: 5px; min-height: 26px; min-width: 26px; font-size: 1.02rem; text-align: left; white-space: pre-wrap; overflow-wrap: anywhere; }
  .token:hover { background: var(--accent-soft); }
  .wide { overflow-x: auto; }
  .examples { gap: 4px; } .examples .label { color: var(--muted); font-size: 0.84rem; margin-right: 4px; }
  .columns { display: grid; grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr); gap: 22px 40px; align-items: start; }
  input[type="checkbox"], input[type="radio"] { width: 18px; height: 18px; margin: 3px; accent-color: var(--accent); }
  .check { gap: 6px; min-height: 28px; }
  input[type="range"] { accent-color: var(--accent); }
  @media (max-width: 60em) { .columns { grid-template-columns: minmax(0, 1fr); } }
`;

export const styles = css`
  .inside { display: grid; grid-template-columns: minmax(0, 1fr); gap: 18px; max-width: 76rem; }
  .parts { display: flex; gap: 2px; border-bottom: 1px solid var(--line); overflow-x: auto; scrollbar-width: thin; }
  .parts button { border: 0; background: none; padding: 8px 8px 9px; font-size: 0.95rem; color: var(--muted); border-bottom: 2px solid transparent; white-space: nowrap; }
  @media (forced-colors: active) { .parts button { border-color: Canvas; } }
  .parts button[aria-selected="true"] { color: var(--ink); border-color: var(--accent); font-weight: 600; }
`;
