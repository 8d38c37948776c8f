/**
 * Words of the glossary in headings and labels: each is a button, quietly underlined, that opens its
 * explanation.  The text is asked for when it is wanted, and so is what draws it.
 *
 * Sends: `explain_term {name}`.  Message: `{op: "term", name, definition, formula}`.
 */
import { h } from "./dom.js";
import { later, t } from "./wording.js";

/** What the interface calls them in short → their names in lmpanel/lessons/glossary.py. */
const NAMES = {
  [later("token")]: "token", [later("tokens")]: "token", [later("logit")]: "logit", [later("score")]: "logit", [later("softmax")]: "softmax", [later("p")]: "probability", [later("probability")]: "probability",
  [later("cumulative")]: "cumulative probability", [later("log p")]: "log-probability", [later("ln p")]: "log-probability", [later("rank")]: "rank", [later("bits")]: "surprisal", [later("nats")]: "surprisal",
  [later("−log₂ p")]: "surprisal", [later("−ln p")]: "surprisal", [later("surprise (nats)")]: "surprisal", [later("bits/token")]: "cross-entropy", [later("nats/token")]: "cross-entropy",
  [later("perplexity")]: "perplexity", [later("KL")]: "kl divergence", [later("temperature")]: "temperature", [later("top-k")]: "top-k", [later("top-p")]: "top-p", [later("min-p")]: "min-p", [later("seed")]: "seed",
  [later("beams")]: "beam", [later("cosine")]: "cosine",
};

/** A word as a button that explains it. `label` is how it is written here, in the reader's language. */
export function term(name, label = t(name)) {
  return h("button", { type: "button", class: "term", "data-term": name, "data-key": `term ${name}`, "aria-haspopup": "true" }, label);
}

/** A heading, given in English: in the reader's language, as a button where the glossary has the word. */
export const named = (label) => (Object.hasOwn(NAMES, label) ? term(NAMES[label], t(label)) : t(label));

/**
 * Makes the terms in `root`, and in shadow roots below it, answer.
 * @param {ShadowRoot} root
 * @param {import("./link.js").Link} link
 */
export function explainTerms(root, link) {
  let opener;
  let popover;
  root.addEventListener("click", (event) => {
    const button = event.composedPath()[0].closest?.("button.term[data-term]");
    if (!button) return;
    event.preventDefault();  // a label around it is not pressed
    opener = button;
    link.send("explain_term", { name: button.dataset.term });
  });
  link.onMessage(async (message) => {
    if (message.op !== "term" || !opener) return;
    popover ??= import("./lesson_nodes.js").then(({ definitionPopover, nodeStyles }) => {
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, nodeStyles];
      return definitionPopover();
    });
    const { element, open } = await popover;
    if (!element.isConnected) root.append(element);
    open(opener, message.name, message);
  });
}
