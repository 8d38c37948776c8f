/**
 * Tokens that are forbidden or favoured: found by text or id, listed with what their logit gets.
 *
 * State: `{ends_forbidden, can_end, query, found: [{id, text, kind, spoken}], rows: [{id, text, kind,
 * spoken, bias: number|null, prob}]}`; a bias of null forbids.
 * Sends: `bias_query {query}`, `set_bias {id, bias}`, `favour {id}`, `remove_bias {id}`,
 * `forbid_ends {on}`.
 */
import { h, css, fill, redraw, setText, showSetting } from "./dom.js";
import { rowNodes } from "./token_text.js";
import { probability } from "./format.js";
import { t } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function biasList(link) {
  const caption = h("summary", {}, t("Forbid or favour tokens"));
  const ends = h("input", { type: "checkbox", id: "forbid-ends", onchange: () => link.send("forbid_ends", { on: ends.checked }) });
  const end = h("label", { class: "row small", for: "forbid-ends" }, ends, t("forbid the end of the turn: the model must go on"));
  const query = h("input", { class: "field", type: "search", id: "bias-query", placeholder: t("token text or id"), autocomplete: "off", spellcheck: "false", oninput: () => link.send("bias_query", { query: query.value }) });
  const found = h("div", { class: "found-tokens stack tight", role: "group", "aria-label": t("Tokens that fit") });
  const body = h("tbody", {});
  const table = h("table", { class: "sums number" }, h("caption", { class: "sr" }, t("Forbidden and favoured tokens")),
    h("thead", {}, h("tr", {}, [t("token"), t("p before"), t("added to its logit"), ""].map((label, i) => h("th", { scope: "col", class: i ? null : "left" }, label || h("span", { class: "sr" }, t("remove")))))), body);
  const element = h("details", { class: "biases" }, caption, h("div", { class: "stack tight" }, end,
    h("div", { class: "row" }, h("label", { class: "small muted", for: "bias-query" }, t("Find a token")), query), found, table));
  const show = ({ biases }) => {
    setText(caption, biases.rows.length ? t("Forbid or favour tokens ({n})", { n: biases.rows.length }) : t("Forbid or favour tokens"));
    end.hidden = !biases.can_end;
    showSetting(ends, biases.ends_forbidden);
    redraw(found, () => fill(found, biases.found.map((token) => offer(token, link)), biases.query && !biases.found.length ? h("p", { class: "small muted" }, t("No token begins like this.")) : null));
    table.hidden = biases.rows.length === 0;
    redraw(body, () => fill(body, biases.rows.map((row) => line(row, link))));
  };
  return { element, show };
}

function offer(token, link) {
  const button = (key, label, spoken, press) => h("button", { type: "button", class: "quiet small", "data-key": `${key}${token.id}`, "aria-label": spoken, onclick: press }, label);
  return h("div", { class: "row offer" }, h("span", { class: "name" }, rowNodes(token)),
    button("offer-forbid", t("Forbid"), t("Forbid {token}", { token: token.spoken }), () => link.send("set_bias", { id: token.id, bias: null })), button("offer-favour", t("Favour"), t("Favour {token}", { token: token.spoken }), () => link.send("favour", { id: token.id })));
}

function line(row, link) {
  const set = (bias) => link.send("set_bias", { id: row.id, bias });
  const amount = h("input", { class: "field small amount", type: "number", min: -100, max: 100, step: 0.5, "data-key": `amount${row.id}`, "aria-label": t("Added to the logit of {token}", { token: row.spoken }), disabled: row.bias === null, onchange: () => { amount.value = Math.max(-100, Math.min(100, Number(amount.value) || 0)); set(Number(amount.value)); } });
  amount.value = row.bias ?? "";
  const forbid = h("input", { type: "checkbox", "data-key": `forbid${row.id}`, "aria-label": t("Forbid {token}", { token: row.spoken }), onchange: () => set(forbid.checked ? null : 0) });
  forbid.checked = row.bias === null;
  const remove = h("button", { type: "button", class: "quiet small", "data-key": `remove${row.id}`, "aria-label": t("Remove {token} from the list", { token: row.spoken }), onclick: () => link.send("remove_bias", { id: row.id }) }, "✕");
  return h("tr", {}, h("td", { class: "left" }, rowNodes(row)), h("td", {}, probability(row.prob)), h("td", {}, h("span", { class: "row change" }, amount, h("label", { class: "row small" }, forbid, t("forbidden")))), h("td", {}, remove));
}

export const styles = css`
  .biases summary { cursor: pointer; min-height: 28px; padding: 4px 0; color: var(--muted); font-size: 0.9rem; }
  .biases input[type="checkbox"] { width: 18px; height: 18px; accent-color: var(--accent); margin: 3px; }
  .biases .field[type="search"] { max-width: 14rem; } .offer { gap: 4px; } .offer .name { min-width: 7rem; }
  .change { justify-content: flex-end; gap: 4px 10px; } .change label { gap: 4px; } .amount { width: 5em; min-height: 30px; padding: 2px 6px; text-align: right; }
`;
