/**
 * What can be done to the document: let the model write, write oneself, go back.
 *
 * State from Python: `{turn: "assistant"|"user"|"raw", empty, reply_tokens, generating, written, strategy,
 * max_tokens, past_end, ahead, tasks: [{name, message}], rewind}` (rewind: what the button would do, or null).
 * Messages: `{op: "written", box}`: the text typed into that box is in the document now.
 * Sends: `strategy {name}`, `ahead {on}`, `generate {max_tokens, past_end}`, `stop`, `pick_top`, `clear_response`,
 * `rewind`, `append_text {text, box}`, `end_turn {text}`, `close_turn`, `raw_text {text}`.
 */
import { h, css, shadow, setText, showSetting } from "./dom.js";
import { action } from "./action.js";
import { shared } from "./styles.js";
import { t, tParts } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function mount(link) {
  const { host, root: own } = shadow("controls", [shared, styles]);
  const parts = [actionRow(link), replyStart(link), composer(link)];
  own.append(...parts.map((part) => part.element));
  link.onState((state) => parts.forEach((part) => part.show(state)));
  link.onMessage((message) => {
    if (message.op === "written") parts.forEach((part) => part.written?.(message.box));
  });
  return host;
}

function actionRow(link) {
  const limit = h("input", { class: "field small limit", type: "number", min: 1, max: 2000, step: 1, "aria-label": t("At most this many tokens") });
  const past = h("input", { type: "checkbox" });
  const ahead = h("input", { type: "checkbox", onchange: () => link.send("ahead", { on: ahead.checked }) });
  const strategy = h("select", { class: "field small", "aria-label": t("Who chooses each token"), onchange: () => link.send("strategy", { name: strategy.value }) },
    h("option", { value: "greedy" }, t("the likeliest (greedy)")), h("option", { value: "sample" }, t("by dice (sampling)")));
  const generate = action(t("Generate response"), () => {
    if (generate.element.dataset.stop) return link.send("stop");
    const most = Math.min(2000, Math.max(1, Math.round(Number(limit.value || 200))));
    limit.value = most;
    link.send("generate", { max_tokens: most, past_end: past.checked });
  }, "button primary");
  const top = action(t("Pick top token"), () => link.send("pick_top"));
  const clear = action(t("Clear response"), () => link.send("clear_response"));
  const rewind = action(t("Rewind"), () => link.send("rewind"));
  const close = action(t("Only close the turn"), () => link.send("close_turn"), "quiet small");
  const options = h("details", { class: "options small" }, h("summary", {}, t("Options")), h("div", { class: "row settings" },
    h("label", { class: "row" }, tParts("choose {strategy}", { strategy })), h("label", { class: "row" }, tParts("at most {limit} tokens", { limit })),
    h("label", { class: "row" }, past, t("go on past the end of the turn")),
    h("label", { class: "row", title: t("The likeliest next tokens are computed while you look, so that a click is answered at once") }, ahead, t("compute ahead")), close.element));
  // What is being counted is for the eye alone; only what came of it is said.
  const counted = h("span", {});
  const progress = h("span", { role: "status" });
  const element = h("div", { class: "actions row" }, generate.element, top.element, clear.element, rewind.element, h("span", { class: "break" }), options, h("span", { class: "small muted number said" }, counted, progress));
  const show = (state) => {
    const busy = state.generating;
    setText(generate.element, busy ? t("Stop") : state.turn === "assistant" ? t("Generate response") : t("Let the model go on"));
    if (busy) generate.element.dataset.stop = "true"; else delete generate.element.dataset.stop;
    generate.enable(busy || !state.empty, busy ? t("Stops after this token") : state.empty ? t("The model needs something to read first") : t("The model writes on, token by token"));
    top.enable(!busy && !state.empty, t("The most probable next token (greedy)"));
    clear.enable(!busy && state.reply_tokens > 0, t("Takes back what the model's turn holds"));
    close.element.hidden = state.turn !== "assistant";
    close.enable(!busy, t("Ends the open turn; the document then waits for the next one"));
    rewind.enable(!busy && state.rewind, state.rewind ?? t("Select a token to cut the document after it"));
    setText(counted, busy ? state.written ?? "" : "");
    setText(progress, busy ? "" : state.written ?? "");
    showSetting(limit, state.max_tokens);
    showSetting(past, state.past_end);
    showSetting(strategy, state.strategy);
    showSetting(ahead, state.ahead);
  };
  return { element, show };
}

/** A box with its button on one line; `send` gets the text, `written` empties the box. */
function line(box, label, buttons) {
  const caption = h("label", { class: "small muted", for: box.id }, label);
  return { element: h("div", { class: "line" }, caption, box, buttons.map((button) => button.element)), caption };
}

function replyStart(link) {
  const input = h("input", { class: "field", type: "text", id: "reply", placeholder: t("for example {text}", { text: "Hey y'all" }), autocomplete: "off", spellcheck: "false" });
  const add = () => { if (input.value) link.send("append_text", { text: input.value, box: "reply" }); };
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") add(); });
  const button = action(t("Add"), add);
  button.enable(true, t("Appends these words to the model's turn"));
  const { element } = line(input, t("Write its next words"), [button]);
  return {
    element,
    show: (state) => { element.hidden = state.turn !== "assistant"; },
    written: (box) => { if (box === "reply") input.value = ""; },
  };
}

function composer(link) {
  const area = h("textarea", { class: "field", rows: 1, spellcheck: "false", id: "message" });
  const end = action(t("End Turn"), () => submit());
  const append = action(t("Append"), () => submit());
  const replace = action(t("Replace all"), () => link.send("raw_text", { text: area.value }));
  append.enable(true, t("Adds the text at the end of the document (Ctrl+Enter)"));
  replace.enable(true, t("Puts the text in place of the whole document"));
  let turn = "user";
  const submit = () => turn === "raw" ? link.send("append_text", { text: area.value, box: "message" }) : link.send("end_turn", { text: area.value });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); submit(); }
  });
  const tasks = readyTasks(area);
  const { element, caption } = line(area, t("Your message"), [tasks, end, append, replace]);
  const show = (state) => {
    ({ turn } = state);
    const raw = turn === "raw";
    tasks.show(state.tasks, raw);
    setText(caption, raw ? t("Text, as it is") : turn === "user" ? t("Your message") : t("Your next message"));
    end.element.hidden = raw;
    end.element.classList.toggle("primary", turn === "user");
    end.enable(!state.generating, t("Ends your turn and opens the model's (Ctrl+Enter)"));
    for (const { element: button } of [append, replace]) button.hidden = !raw;
  };
  return { element, show, written: (box) => { if (box === "message") area.value = ""; } };
}

/** A menu that writes a ready message into the box, to be changed or sent. */
function readyTasks(area) {
  const element = h("select", { class: "field small tasks", "aria-label": t("Ready tasks") });
  element.addEventListener("change", () => {
    const { value } = element;
    element.selectedIndex = 0;
    area.focus();
    area.select();
    // As if it were typed, so that Ctrl+Z brings back what stood there.
    if (!document.execCommand("insertText", false, value)) area.value = value;
  });
  const show = (tasks, hidden) => {
    element.hidden = hidden;
    if (element.options.length) return;
    element.append(h("option", { value: "" }, t("Tasks")), ...tasks.map(({ name, message }) => h("option", { value: message }, t(name))));
  };
  return { element, show };
}

const styles = css`
  .actions { padding: 12px 0 4px; gap: 6px; }
  .button { padding: 5px 11px; font-size: 0.95rem; }
  .primary { min-width: 11.2rem; }
  /* Always there, so that nothing moves when it has something to say. */
  .said { flex: 1 1 12rem; min-height: 1.5em; } .break { flex-basis: 100%; }
  .options { position: relative; color: var(--muted); }
  .options summary { cursor: pointer; padding: 6px 4px; border-radius: 7px; list-style-position: inside; }
  .options[open] { flex-basis: 100%; } .settings { gap: 4px 18px; }
  .line .tasks { flex: none; min-height: 38px; max-width: 6em; }
  .limit { width: 5.5em; min-height: 30px; }
  input[type="checkbox"] { width: 18px; height: 18px; accent-color: var(--accent); }
  .line { display: flex; gap: 8px; align-items: center; padding-top: 8px; } .line label { flex: none; width: 10.6em; }
  .line .field { flex: 1 1 0; min-width: 0; width: auto; } .line textarea { min-height: 38px; field-sizing: content; max-height: 9em; }
  @media (max-width: 56.25em) {
    .actions .button { flex: 1 1 auto; }
    .line { flex-wrap: wrap; gap: 4px 8px; } .line label { width: 100%; }
  }
`;
