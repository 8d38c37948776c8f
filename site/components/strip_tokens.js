/**
 * The token elements of the strip and the turns that hold them, kept in step with Python's rows by
 * splices.  Elements are reused: focus survives, and adding a token to 2 000 others touches one.
 * Knows nothing about selection or messages.
 *
 * Row: `{id, text, kind, spoken, bits, prob, rank, entropy, delta}`.
 * Turn: `{role, start, end, open, editable}`, token indices, end exclusive.
 */
import { h, fill, setText } from "./dom.js";
import { SCALES, step } from "./scales.js";
import { tokenNodes } from "./token_text.js";
import { amount, change, count, inUnit, probability } from "./format.js";
import { later, t } from "./wording.js";

/** Who speaks, as it stands beside a turn, and the same in sentences. */
const SPEAKERS = { system: later("system"), user: later("you"), assistant: later("model") };
const ROLES = { system: later("system"), user: later("user"), assistant: later("assistant") };

export class StripTokens {
  /**
   * @param {HTMLElement} list the element that holds the turns
   * @param {(action: string, turn: number) => void} onTurn "edit" or "delete" was asked for
   */
  constructor(list, onTurn) {
    this.list = list;
    this.onTurn = onTurn;
    this.rows = [];
    this.elements = [];
    this.groups = [];
    this.measure = "surprisal";
    this.unit = "bits";
    this.caret = h("span", { class: "caret", role: "option", tabindex: -1, "aria-selected": "false",
      "aria-label": t("End of the document: what comes next") });
    this.caret.index = 0;
    /** Where the caret stands while there are no turns. */
    this.empty = listbox();
    this.empty.setAttribute("aria-label", t("empty document"));
  }

  /** Replaces `remove` rows from `start` on with `rows`, then lays the turns out again. */
  splice({ start, remove, rows, turns }) {
    const kept = Math.min(remove, rows.length);
    rows.slice(0, kept).forEach((row, i) => this.update(start + i, row));
    const fresh = rows.slice(kept).map((row) => this.create(row));
    this.elements.splice(start + kept, remove - kept, ...fresh);
    this.rows.splice(start + kept, remove - kept, ...rows.slice(kept));
    for (let i = start + kept; i < this.elements.length; i++) this.place(i);
    this.caret.index = this.elements.length;
    if (this.held) this.hold(this.held);
    this.arrange(turns);
  }

  /** The element at a token index; the index after the last token is the caret. */
  at(index) {
    return this.elements[index] ?? this.caret;
  }

  /** Colours every token by another measure. */
  recolour(measure) {
    this.measure = measure;
    this.list.dataset.scale = SCALES[measure].signs ? "diverging" : "sequential";
    this.elements.forEach((element, i) => this.colour(element, this.rows[i]));
  }

  /** What a screen reader says: position, spelled whitespace, probability. */
  name(index, withTotal = false) {
    const row = this.rows[index];
    if (!row) return t("End of the document: what comes next");
    const n = count(index + 1);
    const place = withTotal ? t("token {n} of {count}", { n, count: count(this.rows.length) }) : t("token {n}", { n });
    return [place, row.spoken, row.prob === null ? this.unknown(index) : chance(row.prob), ...otherContext(row)].join(", ");
  }

  unknown(index) {
    if (index === 0) return t("first token, no prediction");
    return this.guessing ? t("waits for your guess") : t("not measured yet");
  }

  /** The line shown on hover and focus. */
  facts(index) {
    const row = this.rows[index];
    if (!row) return "";
    const facts = [t("token {n} · id {id}", { n: count(index + 1), id: row.id })];
    if (row.bits === null) facts.push(this.unknown(index));
    else facts.push(t("p {p} · {surprisal} · rank {rank} · entropy {entropy}", { p: probability(row.prob), surprisal: amount(row.bits, this.unit), rank: count(row.rank), entropy: amount(row.entropy, this.unit) }));
    if (row.bits !== null && row.delta !== null) facts.push(t("Δ {change} {unit} (what if)", { change: change(inUnit(row.delta, this.unit)), unit: t(this.unit) }));
    return facts.join(" · ");
  }

  /** Outlines the token that is pointed at elsewhere; none for undefined. */
  point(index) {
    if (this.elements[index] === this.pointed) return;
    this.pointed?.classList.remove("pointed");
    this.pointed = this.elements[index];
    this.pointed?.classList.add("pointed");
  }

  create(row) {
    const element = h("span", { role: "option", tabindex: -1, "aria-selected": "false" });
    this.draw(element, row);
    return element;
  }

  update(index, row) {
    const element = this.elements[index];
    const old = this.rows[index];
    this.rows[index] = row;
    if (old.text !== row.text || old.kind !== row.kind) this.draw(element, row);
    else this.colour(element, row);
    this.place(index);
  }

  draw(element, row) {
    const words = row.kind === "special" || row.kind === "header" ? [row.text.replaceAll("\n", "↵")] : tokenNodes(row.text, { spaces: row.text.trim() === "" });
    fill(element, ...words);
    element.className = `t ${row.kind}${row.text.endsWith("\n") ? " break" : ""}`;
    this.colour(element, row);
  }

  colour(element, row) {
    const s = step(this.measure, row);
    if (s === null) delete element.dataset.step;
    else element.dataset.step = s;
  }

  place(index) {
    this.elements[index].index = index;
    this.elements[index].setAttribute("aria-label", this.name(index, this.elements[index] === this.held));
  }

  /** Names the token that has the focus with how many there are, and no other: to keep that right for all costs too much. */
  hold(element) {
    const before = this.held;
    this.held = element;
    for (const each of [before, element]) if (each && this.elements[each.index] === each) this.place(each.index);
  }

  arrange(turns) {
    while (this.groups.length > turns.length) this.groups.pop().box.remove();
    turns.forEach((turn, i) => {
      const group = this.groups[i] ?? this.addGroup(i);
      this.label(group, turn);
      sync(group.strip, this.elements.slice(turn.start, turn.end));
    });
    const home = this.groups.at(-1)?.strip ?? this.empty;
    if (home === this.empty) this.list.append(home); else this.empty.remove();
    if (home.lastChild !== this.caret) home.append(this.caret);
  }

  addGroup(i) {
    const role = h("span", { class: "role" });
    const edit = h("button", { type: "button", class: "quiet small", onclick: () => this.onTurn("edit", i) }, t("Edit"));
    const remove = h("button", { type: "button", class: "quiet small", onclick: () => this.onTurn("delete", i) }, t("Delete"));
    const tools = h("span", { class: "tools" }, edit, remove);
    const strip = listbox();
    const box = h("div", { class: "turn" }, h("div", { class: "side" }, role, tools), strip);
    this.list.append(box);
    const group = { box, role, tools, edit, remove, strip };
    this.groups.push(group);
    return group;
  }

  label(group, turn) {
    const name = turn.role === null ? t("text") : known(SPEAKERS, turn.role);
    if (group.name === name && group.editable === turn.editable) return;
    Object.assign(group, { name, editable: turn.editable });
    setText(group.role, name);
    group.role.dataset.role = turn.role ?? "text";
    const role = turn.role === null ? name : roleName(turn.role);
    group.strip.setAttribute("aria-label", turn.role === null ? name : t("{role} turn", { role }));
    group.tools.hidden = !turn.editable;
    group.edit.setAttribute("aria-label", t("Edit the {role} turn", { role }));
    group.remove.setAttribute("aria-label", t("Delete the {role} turn", { role }));
  }
}

/** A role in the reader's words; a document may have others, which stay as they are. */
const known = (names, role) => (Object.hasOwn(names, role) ? t(names[role]) : role);
export const roleName = (role) => known(ROLES, role);

/** One for each turn, since buttons stand between the turns, and a listbox may hold nothing but options. */
function listbox() {
  return h("div", { class: "strip", role: "listbox", "aria-multiselectable": "true" });
}

/** Makes `parent`'s children equal `wanted`, moving no child that is already in its place. */
function sync(parent, wanted) {
  const children = parent.childNodes;
  let same = 0;
  while (same < wanted.length && children[same] === wanted[same]) same += 1;
  while (children.length > same) parent.lastChild.remove();
  parent.append(...wanted.slice(same));
}

function chance(p) {
  if (p > 0.995) return t("probability above 99 percent");
  if (p < 0.0005) return t("probability below 0.1 percent");
  return t("probability {n} percent", { n: p >= 0.095 ? Math.round(p * 100) : (p * 100).toFixed(1) });
}

function otherContext({ delta }) {
  if (delta === null) return [];
  const bits = Math.abs(delta).toFixed(1);
  return [delta < 0 ? t("{bits} bits less in the other context", { bits }) : t("{bits} bits more in the other context", { bits })];
}
