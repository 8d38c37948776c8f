/**
 * What can be done to the document: let the model write, write oneself, go back.
 *
 * State from Python: `{turn: "assistant"|"user"|"raw", reply_tokens, generating, written, max_tokens,
 * past_end, undo, redo, rewind}` (undo/redo/rewind: what the button would do, or null).
 * Messages: `{op: "json", text}`, `{op: "written"}` (the typed text is in the document now).
 * Sends: `generate {max_tokens, past_end}`, `stop`, `pick_top`, `clear_response`, `undo`, `redo`,
 * `rewind`, `append_text {text}`, `end_turn {text}`, `close_turn`, `new_conversation`, `get_json`, `set_json {text}`,
 * `raw_text {text}`.
 */
import { h, css, shadow, setText } from "./dom.js";
import { shared } from "./styles.js";
import { conversationDialog } from "./conversation_dialog.js";

/** @param {import("./link.js").Link} link */
export function mount(link) {
  const { host, root: own } = shadow("controls", [shared, styles]);
  const dialog = conversationDialog(link);
  const parts = [actionRow(link), replyStart(link), composer(link, dialog)];
  own.append(...parts.map((part) => part.element), dialog.element);
  link.onState((state) => parts.forEach((part) => part.show(state)));
  link.onMessage((message) => {
    if (message.op === "json") dialog.open(message.text);
    else if (message.op === "written") parts.forEach((part) => part.written?.(message.box));
  });
  return host;
}

/** A button that stays focusable when it has nothing to do, and says why. */
function action(label, onPress, kind = "button") {
  const element = h("button", { type: "button", class: kind }, label);
  element.addEventListener("click", () => { if (element.getAttribute("aria-disabled") !== "true") onPress(); });
  const enable = (on, title = "") => {
    element.setAttribute("aria-disabled", String(!on));
    element.title = title;
  };
  return { element, enable };
}

function actionRow(link) {
  const limit = h("input", { class: "field small limit", type: "number", min: 1, max: 2000, step: 1, "aria-label": "At most this many tokens" });
  const past = h("input", { type: "checkbox" });
  const generate = action("Generate response", () => {
    if (generate.element.dataset.stop) return link.send("stop");
    link.send("generate", { max_tokens: Number(limit.value) || 200, past_end: past.checked });
  }, "button primary");
  const top = action("Pick top token", () => link.send("pick_top"));
  const clear = action("Clear response", () => link.send("clear_response"));
  const rewind = action("Rewind to here", () => link.send("rewind"));
  const undo = action("Undo", () => link.send("undo"));
  const redo = action("Redo", () => link.send("redo"));
  const options = h("details", { class: "options small" }, h("summary", {}, "Options"),
    h("label", { class: "row" }, "at most", limit, "tokens"),
    h("label", { class: "row" }, past, "go on past the end of the turn"));
  const progress = h("span", { class: "small muted number", role: "status" });
  const element = h("div", { class: "actions row" }, generate.element, top.element, clear.element, rewind.element, undo.element, redo.element, options, progress);
  const show = (state) => {
    const busy = state.generating;
    setText(generate.element, busy ? "Stop" : state.turn === "assistant" ? "Generate response" : "Let the model go on");
    if (busy) generate.element.dataset.stop = "true"; else delete generate.element.dataset.stop;
    top.enable(!busy, "The most probable next token (greedy)");
    clear.enable(!busy && state.reply_tokens > 0, "Takes back what the model's turn holds");
    rewind.element.hidden = !state.rewind;
    rewind.enable(!busy, state.rewind ?? "");
    undo.enable(!busy && state.undo, state.undo ? `Undo: ${state.undo}` : "Nothing to undo");
    redo.enable(!busy && state.redo, state.redo ? `Redo: ${state.redo}` : "Nothing to redo");
    setText(progress, state.written ?? "");
    if (element.getRootNode().activeElement !== limit) limit.value = state.max_tokens;
    past.checked = state.past_end;
  };
  return { element, show };
}

function replyStart(link) {
  const input = h("input", { class: "field", type: "text", placeholder: "Hey y'all", autocomplete: "off", spellcheck: "false" });
  const label = h("label", { class: "small muted" }, "Write the next words of the reply yourself");
  input.id = "reply-start";
  label.htmlFor = input.id;
  const add = () => { if (input.value) link.send("append_text", { text: input.value, box: "reply" }); };
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") add(); });
  const button = action("Add", add);
  button.enable(true);
  const element = h("div", { class: "start" }, label, h("div", { class: "row line" }, input, button.element));
  return {
    element,
    show: (state) => { element.hidden = state.turn !== "assistant"; },
    written: (box) => { if (box === "reply") input.value = ""; },
  };
}

function composer(link, dialog) {
  const area = h("textarea", { class: "field", rows: 2, spellcheck: "false", id: "message" });
  const label = h("label", { class: "small muted", for: "message" });
  const end = action("End Turn", () => submit(), "button");
  const close = action("Only close the turn", () => link.send("close_turn"), "quiet small");
  close.enable(true, "Ends the open turn; the document then waits for the next one");
  const append = action("Append", () => link.send("append_text", { text: area.value, box: "message" }));
  const replace = action("Replace document", () => link.send("raw_text", { text: area.value }));
  append.enable(true); replace.enable(true);
  const fresh = action("New conversation", () => link.send("new_conversation"), "quiet small");
  const json = action("Conversation as JSON", () => link.send("get_json"), "quiet small");
  fresh.enable(true); json.enable(true);
  let turn = "user";
  const submit = () => turn === "raw" ? link.send("append_text", { text: area.value, box: "message" }) : link.send("end_turn", { text: area.value });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); submit(); }
  });
  const element = h("div", { class: "composer" }, label, area,
    h("div", { class: "row" }, end.element, append.element, replace.element, h("span", { class: "small muted hint" }, h("kbd", {}, "Ctrl"), " ", h("kbd", {}, "Enter")),
      h("span", { class: "spring row" }, close.element, json.element, fresh.element)));
  const show = (state) => {
    ({ turn } = state);
    const raw = turn === "raw";
    setText(label, raw ? "Text for the document, as it is" : turn === "user" ? "Your message" : "Your next message (ends the model's turn)");
    end.element.hidden = raw;
    end.element.classList.toggle("primary", turn === "user");
    end.enable(!state.generating, "Ends your turn and opens the model's");
    for (const { element: button } of [append, replace]) button.hidden = !raw;
    close.element.hidden = turn !== "assistant";
    json.element.hidden = raw;
    setText(fresh.element, raw ? "Empty document" : "New conversation");
  };
  return { element, show, written: (box) => { if (box === "message") area.value = ""; } };
}

const styles = css`
  .actions { padding-top: 12px; }
  .options { position: relative; color: var(--muted); }
  .options summary { cursor: pointer; padding: 8px; border-radius: 7px; list-style-position: inside; }
  .options[open] { flex-basis: 100%; display: flex; flex-wrap: wrap; gap: 4px 18px; align-items: center; }
  .limit { width: 5.5em; min-height: 30px; }
  input[type="checkbox"] { width: 18px; height: 18px; accent-color: var(--accent); }
  .start, .composer { display: grid; gap: 6px; padding-top: 12px; }
  .line { flex-wrap: nowrap; } .line input { flex: 1 1 auto; min-width: 0; max-width: 28rem; }
  dialog { width: min(44rem, calc(100vw - 32px)); border: 1px solid var(--edge); border-radius: 14px; background: var(--card); color: var(--ink); padding: 20px; }
  dialog[open] { display: grid; gap: 12px; }
  dialog::backdrop { background: rgb(0 0 0 / 0.4); }
  dialog textarea { font: 0.84rem/1.5 var(--mono); }
  @media (max-width: 900px) { .actions .button { flex: 1 1 auto; } .hint { display: none; } }
`;
