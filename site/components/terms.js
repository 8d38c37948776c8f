/**
 * Words of the glossary in headings and labels: each is a button, quietly underlined, that opens its
 * explanation.  The text is asked for when it is wanted, and so is what draws it.
 *
 * Sends: `explain_term {name}`.  Message: `{op: "term", name, definition, formula}`.
 */
import { h } from "./dom.js";

/** What the interface calls them in short → their names in lmpanel/lessons/glossary.py. */
const NAMES = {
  "token": "token", "tokens": "token", "logit": "logit", "score": "logit", "softmax": "softmax", "p": "probability", "probability": "probability", "cumulative": "cumulative probability",
  "log p": "log-probability", "ln p": "log-probability", "rank": "rank", "bits": "surprisal", "nats": "surprisal", "−log₂ p": "surprisal", "−ln p": "surprisal", "surprise (nats)": "surprisal",
  "bits/token": "cross-entropy", "nats/token": "cross-entropy", "perplexity": "perplexity", "KL": "kl divergence", "temperature": "temperature", "top-k": "top-k", "top-p": "top-p", "min-p": "min-p",
  "seed": "seed", "beams": "beam", "cosine": "cosine",
};

/** A word as a button that explains it. `label` is how it is written here. */
export function term(name, label = name) {
  return h("button", { type: "button", class: "term", "data-term": name, "data-key": `term ${name}`, "aria-haspopup": "true" }, label);
}

/** A heading's label, as a button where the glossary has the word. */
export const named = (label) => (label in NAMES ? term(NAMES[label], label) : label);

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
