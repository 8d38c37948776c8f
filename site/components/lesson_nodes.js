/**
 * Draws the safe tree of lmpanel/lessons/markdown.py: every text becomes a text node, links and pictures
 * lead inside this site, terms open their definition.  Lessons are English; the controls they name are named as
 * the interface shows them.
 */
import { h, css, fill } from "./dom.js";
import { t, wording } from "./wording.js";

const TAGS = { p: "p", ul: "ul", ol: "ol", li: "li", quote: "blockquote", em: "em", strong: "strong", table: "table", thead: "thead", tbody: "tbody", tr: "tr", th: "th", td: "td", br: "br", hr: "hr" };

/** The attribute `lang` of what shows text of a lesson, none where everything is English. */
export const lessonLanguage = () => wording().language === "en" ? null : "en";

/** Text of a lesson, in which the controls in “quotes” have the names that the interface shows. */
export const quoted = (text) => text.replace(/“([^“”]+)”/g, (_, name) => `“${t(name)}”`);

/** Lessons name tabs and the like in *italics*, with a capital letter; other emphasis is not translated. */
const emphasised = (text) => typeof text === "string" && /^[A-Z]/.test(text) ? t(text) : text;

/**
 * @param {Array} nodes texts, or [tag, children, attribute]
 * @param {(name: string, label: string) => Node} term draws a term of the glossary
 */
export function drawNodes(nodes, term) {
  return nodes.map((node) => typeof node === "string" ? quoted(node) : drawNode(node, term));
}

function drawNode([tag, children, attribute], term) {
  if (tag === "term") return term(attribute, children.join(""));
  if (tag === "img") return h("img", { src: ownUrl(attribute), alt: children.join(""), loading: "lazy" });
  if (tag === "code") return h("code", {}, children);
  if (tag === "pre") return h("pre", { tabindex: 0 }, children);
  if (tag === "em" && children.length === 1) return h("em", {}, emphasised(children[0]));
  const inner = drawNodes(children, term);
  if (tag === "a") return h("a", { href: ownUrl(attribute), target: "_blank", rel: "noopener" }, inner);
  if (tag === "h") return h("h4", {}, inner);
  if (tag === "ol") return h("ol", { start: attribute ?? null }, inner);
  return h(TAGS[tag] ?? "span", {}, inner);
}

/** Once more, in case the tree is not what it should be. */
function ownUrl(path) {
  const url = new URL(path, document.baseURI);
  return url.origin === location.origin && /^https?:$/.test(url.protocol) ? url.href : null;
}

/** Terms that open their definition in a popover, whose definitions are known. */
export function glossaryPopover() {
  const { element, open } = definitionPopover();
  let terms = {};
  const term = (name, label) => {
    const opener = h("button", { type: "button", class: "term", "aria-haspopup": "true", onclick: () => open(opener, name, terms[name] ?? {}) }, label);
    return opener;
  };
  return { element, term, show: (known) => { terms = known; } };
}

/** A popover for one definition at a time; Escape, a click elsewhere, scrolling and another size of the page close it, and the focus stays where it is. */
export function definitionPopover() {
  const element = h("div", { class: "definition", popover: "auto", role: "note", "aria-live": "polite" });
  const close = () => element.hidePopover();
  element.addEventListener("toggle", ({ newState }) => {
    for (const kind of ["scroll", "resize"]) {
      if (newState === "open") addEventListener(kind, close, { capture: true, once: true });
      else removeEventListener(kind, close, { capture: true });
    }
  });
  const open = (opener, name, { definition = [], formula = "" }) => {
    if (!element.matches(":popover-open")) element.showPopover();
    // Inside a definition terms are text: a chain of popovers helps nobody.
    fill(element, h("p", {}, h("b", {}, t(name))), drawNodes(definition, (other, label) => h("em", {}, label)), formula ? h("p", { class: "formula" }, t(formula)) : null);
    const box = opener.getBoundingClientRect();
    element.style.left = `${Math.max(8, Math.min(box.left, innerWidth - 340))}px`;
    const below = box.bottom + 6;
    element.style.top = below > innerHeight - 180 ? "" : `${below}px`;
    element.style.bottom = below > innerHeight - 180 ? `${innerHeight - box.top + 6}px` : "";
  };
  return { element, open };
}

export const nodeStyles = css`
  .text { display: grid; grid-template-columns: minmax(0, 1fr); gap: 8px; max-width: 66ch; overflow-wrap: anywhere; }
  .text ul, .text ol { padding-left: 1.3em; display: grid; gap: 3px; } .text h4 { margin: 6px 0 0; font-size: 1em; }
  .text code { font: 0.92em var(--mono); background: var(--chip); border-radius: 4px; padding: 0 4px; white-space: pre-wrap; }
  .text pre { margin: 0; padding: 8px 12px; background: var(--chip); border-radius: 8px; overflow-x: auto; font: 0.88em/1.5 var(--mono); }
  .text blockquote { margin: 0; padding-left: 12px; border-left: 3px solid var(--edge); } .text a { color: var(--accent); }
  .text img { max-width: 100%; height: auto; } .text hr { width: 100%; border: 0; border-top: 1px solid var(--line); }
  .text table { border-collapse: collapse; justify-self: start; } .text th, .text td { text-align: left; padding: 3px 14px 3px 0; border-top: 1px solid var(--line); } .text thead th { border: 0; font-weight: 600; }
  .term { display: inline; min-width: 0; min-height: 0; margin: 0; font: inherit; border: 0; background: none; padding: 0; color: inherit; text-decoration: underline dotted var(--accent) 2px; text-underline-offset: 4px; border-radius: 3px; }
  .term:hover { color: var(--accent); }
  .definition { position: fixed; inset: auto; margin: 0; width: min(330px, calc(100vw - 16px)); padding: 12px 16px; background: var(--card); color: var(--ink); border: 1px solid var(--edge); border-radius: 12px; box-shadow: 0 8px 30px rgb(0 0 0 / 18%); font-size: 0.92rem; }
  .definition p + p { margin-top: 4px; } .formula { font: 0.95em var(--mono); }
`;
