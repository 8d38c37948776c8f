/**
 * The document as the model reads it: one strip of tokens in turns, with its header and legend.
 *
 * State from Python: `{mode, measure, compared, unit, curve, pointed, anchor, cursor, note, undo, redo, generating, guessing, predictor, transformer}`; messages: `{op: "splice", …}` (see
 * strip_tokens.js) and `{op: "edit", turn, text}`, `{op: "json", text}`.
 * Sends: `ready`, `select {anchor, cursor}`, `measure {name}`, `unit {name}`, `curve {open}`, `mode {name}`, `edit_turn {turn}`,
 * `predict_with {name}`, `replace_turn {turn, text}`, `delete_turn {turn}`, `undo`, `redo`, `new_conversation`, `get_json`, `set_json {text}`.
 */
import { h, css, fill, shadow, setText } from "./dom.js";
import { action } from "./action.js";
import { shared } from "./styles.js";
import { SCALES, legendOf } from "./scales.js";
import { StripTokens, roleName } from "./strip_tokens.js";
import { StripSelection } from "./strip_selection.js";
import { stripCurve, curveStyles } from "./strip_curve.js";
import { unitSwitch } from "./unit_switch.js";
import { conversationDialog, dialogStyles } from "./conversation_dialog.js";
import { later, t, tParts } from "./wording.js";

/** The n-gram models, by which name they are asked for. */
const NGRAMS = { "5-gram": later("5-gram"), "4-gram": later("4-gram"), "trigram": later("trigram"), "bigram": later("bigram"), "unigram": later("unigram"), "uniform": later("uniform") };

/** @param {import("./link.js").Link} link */
export function mount(link) {
  const { host, root } = shadow("token-strip", [shared, styles, dialogStyles, curveStyles]);
  const list = h("div", { class: "list", role: "group", "aria-label": t("The document, token by token") });
  const header = stripHeader(link);
  const tip = h("p", { class: "tip small number", "aria-hidden": "true" });
  const note = h("p", { class: "note small", hidden: true });
  const tokens = new StripTokens(list, (action, turn) => link.send(`${action}_turn`, { turn }));
  const selection = new StripSelection(tokens, (span) => link.send("select", span));
  const dialog = conversationDialog(link);
  const follow = followEnd(list);
  const facts = showFacts(list, tip, tokens, (index) => curve.point(index));
  const curve = stripCurve(tokens, selection, facts.point);
  root.append(header.element, list, curve.element, h("div", { class: "foot" }, tip, header.colours), note, dialog.element);
  selection.onMark = curve.schedule;
  header.span.addEventListener("click", () => setExtending(!selection.extending));
  selection.onExtending = setExtending;
  selection.onCommand = (verb) => link.send(verb);
  function setExtending(on) {
    selection.extending = on;
    header.span.setAttribute("aria-pressed", String(on));
  }

  /** Outlines a token that is pointed at elsewhere, and brings it into view. */
  let shown = -1;
  const show = (index = -1) => {
    if (index === shown) return;
    shown = index;
    tokens.point(index < 0 ? undefined : index);
    curve.point(index < 0 ? undefined : index);
    if (index >= 0) tokens.at(index).scrollIntoView({ block: "nearest" });
  };
  link.onState((state) => {
    header.show(state);
    tokens.unit = state.unit;
    tokens.guessing = state.guessing;
    if (state.measure !== tokens.measure) tokens.recolour(state.measure);
    if (state.cursor !== undefined) selection.show(state);
    curve.show(state.curve);
    show(state.pointed);
    setText(note, state.note ?? "");
    note.hidden = !state.note;
    facts.renew();
  });
  // What changed before this component was there is in the whole that comes first.
  let whole = false;
  link.onMessage((message) => {
    if (message.op === "splice") whole ||= message.start === 0 && message.remove === 0;
    if (message.op === "splice" && whole) { receive(follow, tokens, selection, message); curve.renew(); facts.renew(); }
    else if (message.op === "json") dialog.open(message.text);
    else if (message.op === "edit") editTurn(link, tokens.groups[message.turn], message);
  });
  link.send("ready");
  return host;
}

function receive(follow, tokens, selection, splice) {
  const before = tokens.rows.length;
  selection.keepFocus(() => tokens.splice(splice));
  selection.show(splice);
  if (tokens.rows.length > before) follow();
}

/**
 * Keeps the end of the document in view while the reader is there: as it grows, and when the list
 * gets smaller.  New numbers alone move nothing.
 */
function followEnd(list) {
  let atEnd = true;
  let height = 0;
  const follow = () => {
    height = list.clientHeight;
    if (atEnd) list.scrollTop = list.scrollHeight;
  };
  // A scroll that is told after the list has changed its size says nothing about the reader's wish.
  list.addEventListener("scroll", () => { if (list.clientHeight === height) atEnd = list.scrollHeight - list.scrollTop - height < 40; });
  new ResizeObserver(follow).observe(list);
  return follow;
}

function stripHeader(link) {
  const modes = ["chat", "raw"].map((name) => h("button", { type: "button", "aria-pressed": "false", onclick: () => link.send("mode", { name }) },
    name === "chat" ? t("Chat") : t("Raw text")));
  const measure = h("select", { class: "field small", "aria-label": t("Colour tokens by"), onchange: () => link.send("measure", { name: measure.value }) },
    Object.entries(SCALES).map(([name, scale]) => h("option", { value: name }, t(scale.title))));
  const model = modelSelect(link);
  const legend = h("span", { class: "legend small", role: "img" });
  const span = h("button", { type: "button", class: "quiet small", "aria-pressed": "false", title: t("Tap the first token, then the last one (or use Shift)") }, t("Select a span"));
  const undo = action(t("Undo"), () => link.send("undo"), "quiet small");
  const redo = action(t("Redo"), () => link.send("redo"), "quiet small");
  const fresh = h("button", { type: "button", class: "quiet small", onclick: () => link.send("new_conversation") }, t("New"));
  const json = h("button", { type: "button", class: "quiet small", title: t("The conversation as JSON"), onclick: () => link.send("get_json") }, "JSON");
  const element = h("div", { class: "head row" }, h("h2", { title: t("What the model reads, token by token") }, t("The document")),
    h("div", { class: "segmented small", role: "group", "aria-label": t("Kind of document") }, modes),
    h("div", { class: "row spring" }, undo.element, redo.element, span, json, fresh));
  const curve = h("button", { type: "button", class: "quiet small", title: t("Surprisal and entropy along the document"), onclick: () => link.send("curve", { open: curve.getAttribute("aria-pressed") !== "true" }) }, t("Curve"));
  const unit = unitSwitch(link);
  const colours = h("div", { class: "row colours" }, curve, measure, h("span", { class: "row by small muted" }, tParts("by {model}", { model: model.element })), unit.element, legend);
  const show = (state) => {
    modes.forEach((button, i) => button.setAttribute("aria-pressed", String((state.mode === "raw") === (i === 1))));
    undo.enable(state.undo && !state.generating, state.undo ? t("Undo: {change}", { change: state.undo }) : t("Nothing to undo"));
    redo.enable(state.redo && !state.generating, state.redo ? t("Redo: {change}", { change: state.redo }) : t("Nothing to redo"));
    json.hidden = state.mode === "raw";
    fresh.title = state.mode === "raw" ? t("An empty document") : t("A new conversation");
    for (const option of measure.options) if (SCALES[option.value].signs) option.disabled = option.hidden = !state.compared;
    measure.value = state.measure;
    curve.setAttribute("aria-pressed", String(Boolean(state.curve)));
    unit.show(state);
    model.show(state);
    drawLegend(legend, state);
  };
  return { element, colours, span, show };
}

/** Which model's numbers the page shows: the transformer's, or those of an n-gram model. */
function modelSelect(link) {
  const transformer = h("option", { value: "transformer" });
  const others = Object.entries(NGRAMS).map(([name, label]) => h("option", { value: name }, t(label)));
  const element = h("select", { class: "field small model", "aria-label": t("Model that predicts"), onchange: () => link.send("predict_with", { name: element.value }) }, transformer, others);
  const show = (state) => {
    setText(transformer, state.transformer ?? "");
    element.value = state.predictor ?? "transformer";
    element.disabled = state.generating;
  };
  return { element, show };
}

function drawLegend(legend, { measure, unit }) {
  const { labels, ends } = legendOf(measure, unit);
  const { signs } = SCALES[measure];
  const name = t("Colour scale: {labels}", { labels: labels.join(", ") });
  if (legend.getAttribute("aria-label") === name) return;
  legend.setAttribute("aria-label", name);
  legend.dataset.scale = signs ? "diverging" : "sequential";
  fill(legend, ends[0], labels.map((label, i) => h("i", { class: "swatch", "data-step": i, title: label }, signs?.[i])), ends[1]);
}

/**
 * The line about the token under the pointer, else about the focused one: `renew` writes it again,
 * `point` says which token is pointed at elsewhere; `onPoint` is told what is pointed at in the list.
 */
function showFacts(list, tip, tokens, onPoint) {
  let pointed;
  const show = () => setText(tip, tokens.facts(pointed ?? list.getRootNode().activeElement?.index ?? -1));
  const point = (index) => { pointed = index; show(); };
  list.addEventListener("pointerover", (event) => { point(event.target.index); onPoint(pointed); });
  list.addEventListener("focusin", (event) => {
    show();
    tokens.hold(event.target);
  });
  list.addEventListener("focusout", () => requestAnimationFrame(show));
  list.addEventListener("pointerleave", () => { point(undefined); onPoint(undefined); });
  return { renew: show, point };
}

function editTurn(link, group, { turn, text }) {
  if (!group || group.box.querySelector("textarea")) return;
  const area = h("textarea", { class: "field", rows: Math.min(12, 2 + text.split("\n").length), "aria-label": t("Text of the {role} turn", { role: roleName(group.role.dataset.role) }) });
  area.value = text;
  const close = () => { form.remove(); group.strip.hidden = false; group.edit.focus(); };
  const save = () => { link.send("replace_turn", { turn, text: area.value }); close(); };
  const form = h("div", { class: "edit" }, area, h("div", { class: "row" },
    h("button", { type: "button", class: "button primary", onclick: save }, t("Save turn")),
    h("button", { type: "button", class: "button", onclick: close }, t("Cancel")),
    h("span", { class: "small muted" }, t("Only this turn is tokenised again."))));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
    else return;
    event.preventDefault();
  });
  group.strip.hidden = true;
  group.box.append(form);
  area.focus();
}

const styles = css`
  :host { display: flex; flex-direction: column; min-height: 0; }
  .head { padding-bottom: 12px; } .head .spring { gap: 2px; margin-right: -8px; }
  .legend { display: inline-flex; gap: 3px; align-items: center; color: var(--muted); white-space: nowrap; }
  .swatch { width: 16px; height: 12px; border-radius: 3px; border: 1px solid var(--edge); margin: 0 1px; }
  [aria-pressed="true"].quiet { background: var(--accent-soft); color: var(--accent); }
  .list { overflow-y: auto; min-height: 60px; flex: 1 1 auto; margin: 0 -8px; padding: 0 8px; user-select: none; -webkit-user-select: none; scrollbar-gutter: stable; position: relative; }
  .turn { display: grid; grid-template-columns: 60px minmax(0, 1fr); gap: 0 14px; padding: 8px 0; border-top: 1px solid var(--line); }
  .turn:first-child { border-top: 0; }
  .side { display: flex; flex-direction: column; align-items: flex-start; }
  .role { color: var(--muted); font-size: 0.875rem; padding-top: 9px; }
  .tools { display: flex; flex-direction: column; align-items: flex-start; margin-left: -8px; opacity: 0; }
  .turn:hover .tools, .turn:focus-within .tools { opacity: 1; }
  @media (hover: none) { .tools { opacity: 1; } }
  .strip { font-size: 1.125rem; line-height: 2.15; }
  .t { display: inline-block; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 100%; line-height: 1.5; padding: 1px 1px 2px; margin: 0 1px 2px 0; min-width: 0.5em; border-radius: 5px; border-bottom: 0 solid var(--bar); cursor: pointer; }
  .t.break { display: inline; }
  .t.break::after { content: "\\A"; white-space: pre; }
  .t.special, .t.header, .t.bytes { font: 0.8125rem/1.5 var(--mono); color: var(--muted); background: var(--chip); padding: 3px 5px; }
  .t.bytes { color: var(--ink); }
  .t[data-step="0"] { background: var(--s0); }
  .t[data-step="1"], .swatch[data-step="1"] { background: var(--s1); color: var(--s1-ink); }
  .t[data-step="2"], .swatch[data-step="2"] { background: var(--s2); color: var(--s2-ink); }
  .t[data-step="3"], .swatch[data-step="3"] { background: var(--s3); color: var(--s3-ink); }
  .t[data-step="4"], .swatch[data-step="4"] { background: var(--s4); color: var(--s4-ink); }
  :is(.list, .legend)[data-scale="diverging"] {
    --s0: var(--d0); --s1: var(--d1); --s2: transparent; --s3: var(--d3); --s4: var(--d4);
    --s0-ink: var(--d0-ink); --s1-ink: var(--d1-ink); --s2-ink: var(--ink); --s3-ink: var(--d3-ink); --s4-ink: var(--d4-ink);
  }
  [data-scale="diverging"] :is(.t, .swatch)[data-step="0"] { background: var(--s0); color: var(--s0-ink); }
  .legend .swatch { font: 700 10px/10px var(--mono); text-align: center; }
  .t[data-step] .glyph { color: inherit; opacity: 0.75; }
  .t[data-step="1"] { border-bottom-width: 1px; } .t[data-step="2"] { border-bottom-width: 2px; }
  .t[data-step="3"] { border-bottom-width: 4px; } .t[data-step="4"] { border-bottom-width: 6px; }
  [data-scale="diverging"] .t[data-step="0"] { border-bottom: 5px solid var(--bar-less); } [data-scale="diverging"] .t[data-step="1"] { border-bottom: 2px solid var(--bar-less); }
  [data-scale="diverging"] .t[data-step="2"] { border-bottom-width: 0; } [data-scale="diverging"] .t[data-step="3"] { border-bottom-width: 2px; } [data-scale="diverging"] .t[data-step="4"] { border-bottom-width: 5px; }
  /* The sign is read out with the token's name. */
  [data-scale="diverging"] .t[data-step]::before { position: absolute; right: 0; top: -9px; font: 700 11px/11px var(--mono); color: var(--ink); }
  [data-scale="diverging"] .t[data-step] { position: relative; }
  [data-scale="diverging"] .t[data-step="0"]::before { content: "−−"; content: "−−" / ""; } [data-scale="diverging"] .t[data-step="1"]::before { content: "−"; content: "−" / ""; }
  [data-scale="diverging"] .t[data-step="3"]::before { content: "+"; content: "+" / ""; } [data-scale="diverging"] .t[data-step="4"]::before { content: "++"; content: "++" / ""; }
  .t.special[data-step], .t.header[data-step] { background: var(--chip); color: var(--muted); }
  .t[aria-selected="true"] { outline: 2px solid var(--accent); outline-offset: 0; }
  .t.pointed { outline: 2px dashed var(--ink); outline-offset: 1px; }
  .t:focus-visible { outline: 3px solid var(--accent); }
  .caret { display: inline-block; width: 14px; height: 1.5em; vertical-align: middle; cursor: pointer; border-radius: 4px; position: relative; min-width: 24px; }
  .caret::before { content: ""; position: absolute; left: 4px; top: 3px; bottom: 3px; width: 2px; background: var(--muted); }
  .caret[aria-selected="true"]::before { background: var(--accent); width: 3px; }
  .foot { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; padding-top: 8px; }
  /* A line of its own, so that nothing moves when it has much to say. */
  .tip { flex: 1 0 100%; min-height: calc(1.6em * var(--tip-lines, 1)); color: var(--muted); } .colours { flex: 1 0 100%; gap: 8px; } .legend { margin-left: auto; } .colours .quiet { margin-left: -8px; } .by { gap: 6px; flex-wrap: nowrap; } .colours select.field { width: 6.9rem; text-overflow: ellipsis; } .colours .model { width: 6.2rem; color: var(--ink); } .unit button { min-height: 24px; padding: 1px 8px; }
  .note { color: var(--ink); background: var(--chip); border-radius: 8px; padding: 6px 10px; margin-top: 6px; }
  .edit { grid-column: 2; display: grid; gap: 10px; }
  @media (max-width: 56.25em) {
    .turn { grid-template-columns: minmax(0, 1fr); }
    .side { flex-direction: row; gap: 6px; align-items: center; } .role { padding-top: 0; } .tools { flex-direction: row; margin: 0; }
    .edit { grid-column: 1; }
    /* The numbers stay within reach below a long document. */
    .list { max-height: var(--list-height, 52dvh); }
    .tip { min-height: 3.2em; }
  }
  @media (max-width: 25em) { .colours { flex-wrap: wrap; } }
  @media (forced-colors: active) { .t { border: 1px solid transparent; border-bottom: 0 solid CanvasText; } .t[aria-selected="true"], .t[aria-selected="true"] * { forced-color-adjust: none; background: Highlight; color: HighlightText; border-color: Highlight; } .t[aria-selected="true"] { border-bottom-color: CanvasText; outline-color: Highlight; }
    .swatch[data-step="1"] { border-bottom-width: 2px; } .swatch[data-step="2"] { border-bottom-width: 3px; } .swatch[data-step="3"] { border-bottom-width: 5px; } .swatch[data-step="4"] { border-bottom-width: 7px; } }
`;
