/**
 * The right half: lenses on the same document, one tab each.  A lens is a module with
 * `create(link)` → `{element, show(state)}` and `styles` (or several `sheets`); it is loaded when it is first opened.
 *
 * State from Python: `{tab, tabs: [{name, title}], unit, …}` (titles in English) and that of model_banner.js, the rest is the open lens's own.
 * Sends: `tab {name}` and what the banner and the lenses send.
 */
import { h, css, shadow, setText } from "./dom.js";
import { shared } from "./styles.js";
import { tellModels } from "./picture_menu.js";
import { explainTerms } from "./terms.js";
import { modelBanner, styles as bannerStyles } from "./model_banner.js";
import * as next from "./lens_next.js";
import { styles as stripStyles } from "./cumulative_strip.js";
import { styles as guessStyles } from "./guess_form.js";
import { styles as tableStyles } from "./candidate_table.js";
import { t } from "./wording.js";

const LENSES = { next: async () => next, sampling: () => import("./lens_sampling.js"), beams: () => import("./lens_beams.js"), surprise: () => import("./lens_surprise.js"), what_if: () => import("./lens_what_if.js"), ngrams: () => import("./lens_ngrams.js"), branches: () => import("./lens_branches.js"), attempts: () => import("./lens_attempts.js") };

/** @param {import("./link.js").Link} link */
export function mount(link) {
  const { host, root } = shadow("lens", [shared, styles, bannerStyles]);
  const bar = h("div", { class: "tabs", role: "tablist", "aria-label": t("Lenses on the document") });
  const panel = h("div", { class: "panel", role: "tabpanel", id: "panel", tabindex: -1 });
  const banner = modelBanner(link, () => bar.querySelector("[aria-selected=true]").focus());
  root.append(bar, banner.element, panel);
  const more = showMore(bar);
  explainTerms(root, link);
  const opened = {};
  let latest;

  link.onState(async (state) => {
    latest = state;
    tellModels(state);
    drawTabs(bar, state, link);
    more();
    banner.show(state);
    panel.setAttribute("aria-labelledby", `tab-${state.tab}`);
    const lens = await (opened[state.tab] ??= open(state.tab, link));
    if (latest !== state) return;
    if (panel.firstChild !== lens.element) {
      panel.replaceChildren(lens.element);
      panel.scrollTop = 0;
    }
    lens.show(state);
    document.dispatchEvent(new Event("lmpanel:drawn"));
  });
  return host;
}

/** Each lens has a shadow root of its own: what one calls its rows is no other's business. */
async function open(name, link) {
  const lens = await LENSES[name]();
  const { host, root } = shadow("opened", [shared, common, stripStyles, tableStyles, guessStyles, ...(lens.sheets ?? [lens.styles])]);
  const { element, show } = lens.create(link);
  root.append(element);
  return { element: host, show };
}

/** Pixels of the bar that fade out where there is more. */
const FADE = 56;

/** Says by `data-more` on which sides there are tabs out of view. */
function showMore(bar) {
  const look = () => {
    const after = bar.scrollWidth - bar.clientWidth - bar.scrollLeft > 4;
    bar.dataset.more = `${bar.scrollLeft > 4 ? "before " : ""}${after ? "after" : ""}`;
  };
  bar.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(bar);
  return look;
}

function drawTabs(bar, state, link) {
  state.tabs.forEach(({ name, title }, i) => {
    const tab = bar.children[i] ?? bar.appendChild(makeTab(bar, link));
    tab.id = `tab-${name}`;
    tab.dataset.name = name;
    setText(tab, t(title));
    const open = name === state.tab;
    if (open && tab.getAttribute("aria-selected") !== "true") bringIntoView(bar, tab);
    tab.setAttribute("aria-selected", String(open));
    tab.tabIndex = open ? 0 : -1;
  });
  while (bar.children.length > state.tabs.length) bar.lastChild.remove();
}

/** Scrolls the bar alone: `scrollIntoView` would move the page too.  Where more follows, it fades out beside the tab. */
function bringIntoView(bar, tab) {
  const [box, view] = [tab.getBoundingClientRect(), bar.getBoundingClientRect()];
  if (box.left < view.left + FADE) bar.scrollLeft -= view.left + FADE - box.left;
  else if (box.right > view.right - FADE) bar.scrollLeft += box.right + FADE - view.right;
}

function makeTab(bar, link) {
  const tab = h("button", { type: "button", role: "tab", "aria-controls": "panel" });
  tab.addEventListener("click", () => link.send("tab", { name: tab.dataset.name }));
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

/** What lenses have in common: their title, and tokens that can be pressed. */
const common = css`
  .title { font-size: 1.125rem; line-height: 1.4; overflow-wrap: anywhere; min-height: 2.8em; }
  .title b { font-weight: 650; } .chosen { color: var(--accent); }
  .token { border: 0; background: none; padding: 2px 6px; margin-left: -6px; border-radius: 5px; min-height: 26px; min-width: 26px; font-size: 1.05rem; text-align: left; white-space: pre-wrap; overflow-wrap: anywhere; }
  .token:hover { background: var(--accent-soft); }
  .wide { overflow-x: auto; overflow-y: hidden; }
`;

const styles = css`
  :host { display: flex; flex-direction: column; min-height: 0; }
  .tabs { display: flex; border-bottom: 1px solid var(--line); margin: -8px -22px 16px; padding: 0 12px; overflow-x: auto; scrollbar-width: thin; flex: none; }
  .tabs button { border: 0; background: none; padding: 10px 4px 9px; font-size: 0.86rem; color: var(--muted); border-bottom: 2px solid transparent; white-space: nowrap; }
  .tabs[data-more~="after"] { mask-image: linear-gradient(to left, transparent 0, #000 ${FADE}px); } .tabs[data-more~="before"] { mask-image: linear-gradient(to right, transparent 0, #000 ${FADE}px); } .tabs[data-more="before after"] { mask-image: linear-gradient(to right, transparent 0, #000 ${FADE}px calc(100% - ${FADE}px), transparent 100%); }
  .tabs button[aria-selected="true"] { color: var(--ink); border-color: var(--accent); font-weight: 600; }
  .panel { overflow-y: auto; min-height: 0; flex: 1 1 auto; margin: 0 -8px; padding: 0 8px; scrollbar-gutter: stable; }
  @media (forced-colors: active) { .tabs button { border-color: Canvas; } .tabs button[aria-selected="true"] { border-color: Highlight; } }
  @media (max-width: 56.25em) { .tabs { margin: -4px -16px 14px; } }
`;
