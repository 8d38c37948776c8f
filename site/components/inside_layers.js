/**
 * Layers: what every layer would guess at a short text, and who looks at whom.
 *
 * State: `{source, text, view, most, document, phase, error, too_long, taken, deviation, hidden, look: null | {tokens: [{id, text,
 * kind, spoken}], layers, heads, position, complete, of: {source, part, text, stale}, …}}`, the rest of `look` as lens_grid.js and attention_view.js say.
 * Sends: `look_inside {source, part, text}`, `look_stop`, `look_view {name}` and what those two send.
 */
import { h, css, fill, setText, showSetting } from "./dom.js";
import { term } from "./terms.js";
import { action } from "./action.js";
import { count } from "./format.js";
import { lensGrid, styles as gridStyles } from "./lens_grid.js";
import { attentionView, styles as attentionStyles } from "./attention_view.js";
import { many, t } from "./wording.js";

/** Characters of a text of one's own, see lmpanel/layers.py, and those by which it is called. */
const MOST = 2000;
const QUOTED = 60;

/** @param {import("./link.js").Link} link */
export function create(link) {
  let shown;
  /** Whether the form says something else than what was asked for last. */
  let edited = false;
  const sourceOf = () => (own.checked ? "text" : "document");
  let latest = { look: null };
  const begin = (part) => {
    if (sourceOf() === "text" && Array.from(area.value).length > MOST) {
      // What is typed stays as it is.
      setText(failed, t("Your text has {n} characters; at most {most} are read here, of which 64 tokens can be looked into. Nothing was cut off: leave something out.", { n: count(Array.from(area.value).length), most: count(MOST) }));
      failed.hidden = false;
      return;
    }
    edited = false;
    // What Python says of it later is not newer than what is typed meanwhile.
    area.dataset.shown = area.value;
    shown = sourceOf();
    link.send("look_inside", { source: shown, part, text: area.value });
  };
  const fromDocument = h("input", { type: "radio", name: "look-source", id: "look-document", checked: true, onchange: () => changed() });
  const own = h("input", { type: "radio", name: "look-source", id: "look-own", onchange: () => changed() });
  const length = h("span", { class: "muted" });
  const area = h("textarea", { class: "field", id: "look-text", rows: 2, oninput: () => changed(), spellcheck: "false", dir: "auto", "aria-label": t("Text to look into") });
  const go = action(t("Look inside"), () => begin("all"), "button primary");
  const stop = action(t("Stop"), () => link.send("look_stop"));
  const said = h("p", { class: "small muted number", role: "status" });
  const offer = h("div", { class: "stack tight offer", role: "alert" });
  const failed = h("p", { class: "error", role: "alert" });
  const form = h("fieldset", { class: "stack tight form" }, h("legend", { class: "sr" }, t("Text to look into")),
    h("div", { class: "row choices" }, h("label", { class: "row check", for: "look-document" }, fromDocument, t("the document"), length), h("label", { class: "row check", for: "look-own" }, own, t("a text of yours"))), area,
    h("div", { class: "row" }, go.element, stop.element, said), offer, failed);
  const views = Object.fromEntries([["lens", t("Guess of each layer")], ["attention", t("Attention")]].map(([name, label]) => [name, h("button", { type: "button", "aria-pressed": "false", onclick: () => link.send("look_view", { name }) }, label)]));
  const choice = h("div", { class: "segmented small views", role: "group", "aria-label": t("What is shown") }, Object.values(views));
  const parts = { lens: lensGrid(link), attention: attentionView(link) };
  const place = h("div", {});
  const of = h("p", { class: "small muted of" });
  const result = h("div", { class: "stack" }, of, choice, place);
  const element = h("div", { class: "stack layers-part" },
    h("p", { class: "prose" }, t("A text of at most 64 tokens is sent through the network once more, by an extra graph over the same weights, which is fetched only now and lets us look at what is between the layers. The numbers are the model's own.")),
    form, result);

  const drawForm = () => {
    area.hidden = !own.checked;
    offer.hidden = failed.hidden = true;
  };
  /** What was said of another text is history. */
  const changed = () => {
    edited = true;
    drawForm();
    drawState();
  };
  const drawState = () => {
    const { phase, hidden, look, error, deviation } = latest;
    const current = look?.complete && deviation !== null && !edited && !look.of.stale && !error;
    setText(said, phase || hidden || (current ? checked(latest) : ""));
    setText(go.element, error && !edited ? t("Try again") : t("Look inside"));
    if (look) drawOf(of, look, edited || Boolean(error));
  };
  const show = (state) => {
    latest = state;
    showSetting(area, state.text);
    if (state.source !== shown) { shown = state.source; edited = false; own.checked = shown === "text"; fromDocument.checked = !own.checked; drawForm(); }
    setText(length, `(${many(state.document, "{n} token", "{n} tokens")})`);
    go.enable(!state.phase, state.phase ? t("It is being read already") : "");
    stop.enable(state.phase, state.phase ? "" : t("Nothing is under way"));
    stop.element.hidden = !state.phase;
    drawState();
    if (!edited) {
      drawOffer(offer, state, begin);
      setText(failed, state.error);
      failed.hidden = !state.error;
    }
    result.hidden = !state.look;
    if (!state.look) return;
    for (const [name, button] of Object.entries(views)) button.setAttribute("aria-pressed", String(name === state.view));
    const part = parts[state.view];
    if (place.firstChild !== part.element) place.replaceChildren(part.element);
    part.show(state.look, state.unit);
  };
  return { element, show };
}

/** Which text the numbers below are of. */
function drawOf(line, { tokens, of: { source, part, text, stale } }, other) {
  const n = tokens.length;
  const what = source === "document" ? ofDocument(part, n) : ofText(part, n, text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);
  if (stale) setText(line, t("{what} as it was: it has changed since. Look inside reads it anew.", { what }));
  else setText(line, other ? t("{what}, which was looked into before.", { what }) : `${what}.`);
}

function ofDocument(part, n) {
  if (part === "first") return many(n, "The first {n} token of the document", "The first {n} tokens of the document");
  if (part === "last") return many(n, "The last {n} token of the document", "The last {n} tokens of the document");
  return many(n, "The {n} token of the document", "The {n} tokens of the document");
}

function ofText(part, n, text) {
  if (part === "first") return many(n, "The first {n} token of “{text}”", "The first {n} tokens of “{text}”", { text });
  if (part === "last") return many(n, "The last {n} token of “{text}”", "The last {n} tokens of “{text}”", { text });
  return many(n, "The {n} token of “{text}”", "The {n} tokens of “{text}”", { text });
}

function checked({ deviation, look }) {
  const most = deviation < 1e-6 ? "0.000001" : deviation.toPrecision(1);
  return t("Checked: the guess after layer {layers} is the model's own prediction (log-probabilities of the ten likeliest differ by at most {most}).", { layers: look.layers, most });
}

function drawOffer(offer, { too_long: length, most, source }, begin) {
  offer.hidden = !length;
  if (!length) return fill(offer);
  if (offer.dataset.length === `${source}${length}` && offer.firstChild) return offer;
  offer.dataset.length = `${source}${length}`;
  const n = count(length);
  return fill(offer, h("p", {}, source === "document" ? t("The document has {n} tokens; at most {most} can be looked into. Take one end of it: what lies outside is not read then, so predictions differ from those in the document.", { n, most })
    : t("This text has {n} tokens; at most {most} can be looked into. Take one end of it: what lies outside is not read then, so predictions differ from those in the document.", { n, most })),
    h("div", { class: "row" }, h("button", { type: "button", class: "button", onclick: () => begin("last") }, t("Its last {most} tokens", { most })), h("button", { type: "button", class: "button", onclick: () => begin("first") }, t("Its first {most} tokens", { most }))));
}

export const sheets = [gridStyles, attentionStyles, css`
  .form { border: 0; margin: 0; padding: 0; } .form textarea { max-width: 46rem; } .choices { gap: 4px 18px; } .views { justify-self: start; }
  .offer { border-left: 3px solid var(--wait); padding-left: 12px; max-width: 46rem; } .error { color: var(--bad); }
`];
