/**
 * The glossary: every word with its definition and formula; a search narrows it down.
 *
 * State: `{terms: [{name, definition, formula, see}]}`; definitions are nodes as lesson_nodes.js draws them.
 */
import { h, css, fill, setText } from "./dom.js";
import { drawNodes } from "./lesson_nodes.js";
import { many, t, tParts, wording } from "./wording.js";

export function glossaryPage() {
  const search = h("input", { class: "field", type: "search", id: "glossary-search", autocomplete: "off", spellcheck: "false" });
  const count = h("span", { class: "small muted", role: "status" });
  const list = h("dl", { class: "glossary" });
  let drawn = false;
  const go = (name) => {
    search.value = "";
    narrow();
    const entry = list.querySelector(`[data-term="${CSS.escape(name)}"]`);
    entry?.scrollIntoView({ block: "center" });
    entry?.focus({ preventScroll: true });
  };
  const narrow = () => {
    const wanted = search.value.trim().toLowerCase();
    let found = 0;
    for (const entry of list.children) {
      entry.hidden = !entry.textContent.toLowerCase().includes(wanted);
      found += entry.hidden ? 0 : 1;
    }
    setText(count, wanted ? many(list.children.length, "{found} of {n} word", "{found} of {n} words", { found }) : "");
  };
  search.addEventListener("input", narrow);
  const element = h("div", { class: "stack" }, h("div", { class: "row" }, h("label", { for: "glossary-search" }, t("Find a word")), search, count), list);
  const show = ({ page, terms }) => {
    if (page !== "glossary" || drawn) return;
    drawn = true;
    fill(list, inOrder(terms).map((term) => entryOf(term, go)));
  };
  return { element, show };
}

/** By the alphabet of the reader's language; Python's order is that of the English names. */
function inOrder(terms) {
  const { language } = wording();
  return language === "en" ? terms : [...terms].sort((a, b) => t(a.name).localeCompare(t(b.name), language));
}

function entryOf({ name, definition, formula, see }, go) {
  const link = (other, label) => h("button", { type: "button", class: "term", onclick: () => go(other) }, label);
  return h("div", { class: "entry", "data-term": name, tabindex: -1 }, h("dt", {}, t(name)),
    h("dd", { class: "text" }, drawNodes(definition, link), formula ? h("p", { class: "formula" }, t(formula)) : null,
      see.length ? h("p", { class: "small muted" }, tParts("See {words}", { words: see.map((other, i) => [i ? ", " : "", link(other, t(other))]) })) : null));
}

export const glossaryStyles = css`
  .glossary { margin: 0; display: grid; grid-template-columns: minmax(0, 1fr); } .glossary .entry { display: grid; grid-template-columns: 10rem minmax(0, 1fr); gap: 2px 20px; padding: 12px 8px; margin: 0 -8px; border-top: 1px solid var(--line); }
  .glossary dt { font-weight: 650; } .glossary dd { margin: 0; }
  @media (max-width: 40em) { .glossary .entry { grid-template-columns: minmax(0, 1fr); } }
`;
