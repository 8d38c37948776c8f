/**
 * Beam search: by hand, step by step, with the automatic one and greedy beside it.
 *
 * State: `{empty, hidden, widths, width, busy, hand: null|{step, width, over, here, beams: [{text, tokens,
 * total, ended, options: [{text, kind, spoken, prob, logprob, total, chosen}]}], chosen, verdict:
 * null|{best, missed, instead}, automatic: [beam], greedy: beam, ahead: [beam]}, automatic:
 * {searching, beams: [beam], greedy: beam|null, ahead: [number], here}, biased}`; a beam is `{text, tokens, total, ended}`, totals are ln p.
 * Sends: `begin_beams {width}`, `choose_beam {beam, option}`, `choose_best_beams`, `keep_beams`,
 * `beams_back`, `close_beams`, `take_beam {beam}`, `search_beams {width}`, `stop_beams`,
 * `take_found {beam}`, `guess_at_end`.
 */
import { h, css, fill, redraw, setText, showSetting } from "./dom.js";
import { named, term } from "./terms.js";
import { action } from "./action.js";
import { guessFirst } from "./guess_form.js";
import { rowNodes, tokenNodes } from "./token_text.js";
import { count, exact, probability, signed } from "./format.js";
import { later, many, t, tParts } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function create(link) {
  const title = h("p", { class: "title" });
  const biased = h("p", { class: "small muted" }, t("Totals are the model's own: what is forbidden or favoured in Sampling does not count here."));
  const start = startRow(link);
  const hand = handSearch(link);
  const automatic = automaticSearch(link);
  const guess = guessFirst(() => link.send("guess_at_end"));
  const element = h("div", { class: "beams stack" }, title, guess.element, start.element, biased, hand.element, automatic.element);
  const show = (state) => {
    setText(title, heading(state));
    guess.show(state.hidden);
    biased.hidden = !state.biased;
    for (const part of [start, hand, automatic]) part.show(state);
  };
  return { element, show };
}

function heading({ hand, empty }) {
  if (empty) return t("The model needs something to read first");
  if (!hand) return t("Keep several beginnings of a response at once, and see which one is likeliest as a whole");
  if (hand.over) return hand.step > 1 ? t("Every beam has ended") : t("The context is full: the model cannot look at one more token");
  return t("Step {n}: keep up to {most} of these candidates", { n: hand.step, most: hand.width });
}

function startRow(link) {
  const width = h("select", { class: "field small", "aria-label": t("Number of beams") });
  const chosen = () => ({ width: Number(width.value) });
  const begin = action(t("Search by hand"), () => link.send("begin_beams", chosen()), "button primary");
  const search = action(t("Search automatically"), () => {
    if (search.element.dataset.stop) link.send("stop_beams");
    else link.send("search_beams", chosen());
  });
  const element = h("div", { class: "row" }, begin.element, search.element, h("span", { class: "row small muted" }, term("beam", t("beams")), width));
  const show = (state) => {
    if (!width.options.length) fill(width, state.widths.map((n) => h("option", { value: n }, n)));
    showSetting(width, state.width);
    const { searching } = state.automatic;
    setText(begin.element, state.hand ? t("Start over") : t("Search by hand"));
    begin.element.classList.toggle("primary", !state.hand);
    const may = !state.empty && !state.busy && !state.hidden;
    begin.enable(may, t("Begins at the end of the document"));
    setText(search.element, searching ? t("Stop searching") : t("Search automatically"));
    if (searching) search.element.dataset.stop = "true"; else delete search.element.dataset.stop;
    search.enable(searching || may, searching ? t("The beams found so far stay") : t("Searches on from the end of the document until every beam has ended"));
  };
  return { element, show };
}

function handSearch(link) {
  const note = h("p", { class: "small muted" });
  const boxes = h("div", { class: "beam-list" });
  const verdict = h("p", { role: "status", class: "verdict" });
  const keep = action(t("Keep these"), () => link.send("keep_beams"), "button primary");
  const best = action(t("Choose the best"), () => link.send("choose_best_beams"));
  const back = action(t("Back one step"), () => link.send("beams_back"));
  const close = h("button", { type: "button", class: "quiet small", onclick: () => link.send("close_beams") }, t("End the search"));
  const row = h("div", { class: "row decide" }, keep.element, best.element, back.element, h("span", { class: "spring" }, close));
  const ahead = h("p", { role: "status", class: "ahead" });
  const beside = h("div", { class: "beside" });
  const element = h("section", { class: "stack", "aria-label": t("Search by hand") }, note, boxes, verdict, row, ahead, beside);
  const show = ({ hand, busy }) => {
    element.hidden = !hand;
    // What is to be guessed leaves the page, and does not only go out of sight.
    if (!hand) return [boxes, verdict, ahead, beside].forEach((part) => fill(part));
    setText(note, hand.here || hand.step > 1 ? "" : t("This search began with another document or model, and goes on from there."));
    note.hidden = !note.textContent;
    redraw(boxes, () => fill(boxes, hand.beams.map((beam, i) => beamBox(beam, i, link, hand.chosen >= hand.width))));
    boxes.classList.toggle("busy", busy);
    fill(verdict, ...judged(hand));
    setText(keep.element, hand.chosen === 1 ? t("Keep this one") : hand.chosen ? t("Keep these {n}", { n: hand.chosen }) : t("Keep these"));
    keep.enable(!busy && hand.chosen > 0, hand.chosen ? t("Goes on with what you chose") : t("Choose candidates first"));
    best.enable(!busy && !hand.over, t("What the automatic search would keep of these candidates"));
    back.enable(!busy && hand.step > 1, t("Returns to the step before"));
    fill(ahead, ...beatsGreedy(hand));
    fill(beside, besideIt(hand));
  };
  return { element, show };
}

function beamBox(beam, index, link, full) {
  const head = h("div", { class: "row beam-head" }, h("p", {}, beamText(beam)), h("span", { class: "spring row" },
    h("span", { class: "number", title: t("ln p of the whole beam: {total}", { total: exact(beam.total) }) }, signed(beam.total)),
    beam.tokens ? h("button", { type: "button", class: "quiet small", "data-key": `take${index}`, "aria-label": t("Take beam {n} into the document", { n: index + 1 }), onclick: () => link.send("take_beam", { beam: index }) }, t("Take")) : null));
  const rows = beam.options.map((option, i) => optionLine(option, index, i, link, full));
  const heads = ["", later("token"), later("p"), later("ln p"), later("total")].map((label, i) => h("th", { scope: "col", class: i === 1 ? "left" : null }, label ? (index ? t(label) : named(label)) : h("span", { class: "sr" }, t("keep"))));
  const table = rows.length ? h("table", { class: "sums number" }, h("caption", { class: "sr" }, t("Candidates of beam {n}", { n: index + 1 })), h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)) : null;
  return h("section", { class: "beam", "aria-label": t("Beam {n}", { n: index + 1 }) }, head, table);
}

function optionLine(option, beam, index, link, full) {
  const kept = option.kind === "kept";
  const box = h("input", { type: "checkbox", id: `beam-${beam}-${index}`, "data-key": `${beam}.${index}`, onchange: () => link.send("choose_beam", { beam, option: index }) });
  box.checked = option.chosen;
  box.disabled = full && !option.chosen;
  const label = h("label", { for: box.id, class: option.kind === "bytes" || option.kind === "special" ? "code" : null }, kept ? option.text : rowNodes(option));
  if (!kept) box.setAttribute("aria-label", option.spoken);
  return h("tr", { class: option.chosen ? "marked" : null }, h("td", {}, box), h("td", { class: "left" }, label),
    h("td", {}, kept ? "" : probability(option.prob)), h("td", {}, kept ? "" : signed(option.logprob)), h("td", { title: exact(option.total) }, h("b", {}, signed(option.total))));
}

const beamText = (beam) => (beam.tokens ? [h("b", {}, tokenNodes(beam.text, { spaces: false })), goesOn(beam)] : h("span", { class: "muted" }, t("the beginning")));

const goesOn = (beam) => (beam.ended ? h("span", { class: "muted" }, " ", t("ended")) : "…");

/** A beam's text with what all beams begin with drawn back, so that the eye finds where they part. */
const parted = (beam, shared) => [h("span", { class: "muted" }, tokenNodes(beam.text.slice(0, shared), { spaces: false })), tokenNodes(beam.text.slice(shared), { spaces: false }), goesOn(beam)];

function commonStart(texts) {
  if (texts.length < 2) return 0;
  const [first, ...others] = texts;
  let length = 0;
  while (length < first.length && others.every((text) => text[length] === first[length])) length += 1;
  return first.lastIndexOf(" ", length) + 1;
}

const quoted = (beam) => tParts("“{text}” ({total})", { text: h("b", {}, tokenNodes(beam.text, { spaces: false })), total: signed(beam.total) });

function judged({ verdict, over, beams, chosen, width }) {
  if (over) return [t("Take one of the beams into the document, or go back a step.")];
  if (!verdict) return [h("span", { class: "muted" }, chosen ? t("{n} chosen; {more} more may be kept.", { n: chosen, more: width - chosen }) : beams.length > 1 ? t("A total is the sum of ln p over the beam's tokens.") : t("Each candidate's total is its ln p: nothing came before it."))];
  if (verdict.best) return [t("These are the best totals of this step.")];
  return tParts("Not the best set: {better} is likelier than {chosen}. You may keep it all the same.", { better: quoted(verdict.missed), chosen: quoted(verdict.instead) });
}

function beatsGreedy({ ahead, greedy }) {
  if (!ahead.length) return [];
  const values = { beam: quoted(ahead[0]), total: signed(greedy.total) };
  if (greedy.ended) return tParts("Beats greedy: {beam} has ended, and greedy has {total} in the end.", values);
  return tParts("Beats greedy: {beam} has ended, and greedy has {total} already, and only falls.", values);
}

function besideIt({ automatic, greedy, step }) {
  if (step === 1) return null;
  const line = (name, beam) => h("tr", {}, h("th", { scope: "row", class: "left muted" }, name), h("td", { class: "left" }, beamText(beam)), h("td", {}, signed(beam.total)));
  return h("table", { class: "sums number" }, h("caption", { class: "small muted left" }, t("After as many steps")),
    h("tbody", {}, automatic.map((beam, i) => line(i ? "" : t("automatic"), beam)), line(t("greedy"), greedy)));
}

function automaticSearch(link) {
  const said = h("p", { class: "small muted number", role: "status" });
  const body = h("tbody", {});
  const table = h("table", { class: "sums number" }, h("caption", { class: "sr" }, t("Beams of the automatic search")),
    h("thead", {}, h("tr", {}, [later("automatic search"), later("tokens"), later("total"), ""].map((label, i) => h("th", { scope: "col", class: i ? null : "left" }, label ? named(label) : h("span", { class: "sr" }, t("take")))))), body);
  const foot = table.appendChild(h("tfoot", {}));
  const better = h("p", { role: "status", class: "ahead" });
  const element = h("section", { class: "stack tight", "aria-label": t("Automatic search") }, table, better, said);
  const show = ({ automatic: { beams, searching, greedy, ahead, here } }) => {
    fill(foot, greedy ? h("tr", { class: "muted" }, h("td", { class: "left" }, tParts("greedy: {text}", { text: parted(greedy, 0) })), h("td", {}, count(greedy.tokens)), h("td", { title: exact(greedy.total) }, signed(greedy.total)), h("td", {})) : null);
    fill(better, ahead?.length ? foundAhead(ahead[0], beams, greedy) : null);
    element.hidden = beams.length === 0;
    setText(said, searching ? many(Math.max(0, ...beams.map((beam) => beam.tokens)), "searching, {n} token deep", "searching, {n} tokens deep") : here ? "" : t("Found for another document or by another model."));
    const shared = commonStart(beams.map((beam) => beam.text));
    redraw(body, () => fill(body, beams.map((beam, i) => h("tr", {}, h("td", { class: "left" }, parted(beam, shared)), h("td", {}, count(beam.tokens)), h("td", { title: exact(beam.total) }, signed(beam.total)),
      h("td", {}, searching ? null : h("button", { type: "button", class: "quiet small", "data-key": `found${i}`, "aria-label": t("Take beam {n} of the automatic search into the document", { n: i + 1 }), onclick: () => link.send("take_found", { beam: i }) }, t("Take")))))));
  };
  return { element, show };
}

function foundAhead(index, beams, greedy) {
  const values = { n: index + 1, total: signed(beams[index].total), greedy: signed(greedy.total) };
  if (greedy.ended) return t("Beam {n} beats greedy: it has ended with {total}, greedy has {greedy} in the end.", values);
  return t("Beam {n} beats greedy: it has ended with {total}, greedy has {greedy} already, and only falls.", values);
}

export const styles = css`
  .beams .title { min-height: 0; }
  .beam-list { display: grid; gap: 18px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
  .beam-list.busy { filter: grayscale(1); color: var(--muted); }
  .beam-head { border-bottom: 2px solid var(--edge); padding-bottom: 4px; flex-wrap: nowrap; align-items: baseline; min-height: 36px; }
  .beam-head p { overflow-wrap: anywhere; min-width: 0; } .beam-head .spring { flex-wrap: nowrap; }
  .beams .sums { margin-top: 0; } .beams .sums td { vertical-align: top; } .beams .marked td { background: var(--accent-soft); }
  .beams .sums input { width: 20px; height: 20px; margin: 2px; accent-color: var(--accent); vertical-align: middle; }
  .beams .sums label { display: block; cursor: pointer; padding: 2px 0; min-height: 24px; }
  .beams .sums caption.left { text-align: left; padding-bottom: 4px; }
  .verdict, .decide { margin: 0; } .verdict { min-height: 3em; } .ahead:empty { display: none; }
  .ahead { border-left: 3px solid var(--accent); padding-left: 10px; }
`;
