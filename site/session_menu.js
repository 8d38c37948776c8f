/**
 * The session menu in the header: a link to what is shown, everything done so far as a file, and
 * beginning anew, for the next student at the same machine.
 */
import { h, fill, saveFile } from "./components/dom.js";
import { makeLink } from "./links.js";
import { closeMenu } from "./menu.js";
import { t } from "./components/wording.js";
import { announce, clearNotice, notice } from "./status.js";

/** A file that is larger is not even read. */
const MOST_BYTES = 6_000_000;

/** @param {{python: import("./python_host.js").PythonHost}} parts */
export function sessionMenu({ python }) {
  const menu = document.getElementById("session");
  const box = document.getElementById("session-box");
  const tell = (message) => notice({ code: "session", message, error: true });
  const item = (label, run) => h("button", { type: "button", class: "item", onclick: () => { clearNotice("session"); return run(); } }, label);
  const choices = () => fill(box, item(t("Copy a link to this"), () => link().catch(({ message }) => tell(message))),
    item(t("Save to a file"), () => save().catch(({ message }) => tell(message))), item(t("Open a file…"), () => file.click()), item(t("Start over…"), () => ask()));
  const file = h("input", { type: "file", accept: ".json,application/json", onchange: () => open(file.files[0]).catch(({ message }) => tell(message)).finally(() => { file.value = ""; }) });

  async function link() {
    const { address, warnings } = await makeLink(python);
    const field = h("input", { readonly: true, "aria-label": t("Link"), value: address });
    const copied = await navigator.clipboard?.writeText(address).then(() => true, () => false);
    const said = h("p", { role: "status" });
    fill(box, said, field);
    said.textContent = [copied ? t("Copied. Whoever opens it sees this document, position and settings.") : t("Copy this link:"), ...warnings].join(" ");
    field.focus();
    field.select();
  }

  async function save() {
    saveFile("lmpanel-session.json", await python.call("save_session", []), "application/json");
    closeMenu(menu);
  }

  async function open(chosen) {
    if (!chosen) return;
    closeMenu(menu);
    if (chosen.size > MOST_BYTES) throw new Error(t("“{name}” has more than {n} MB: it is no session of lmpanel. Nothing was changed.", { name: chosen.name, n: MOST_BYTES / 1e6 }));
    const text = await chosen.text();
    const take = () => python.begin(text).then(() => announce(t("The session is open.")));
    if (!(await python.call("at_stake", [text]))) return take();
    return sure(t("“{name}” takes the place of the document, its branches, attempts, games and settings. Undo does not bring them back; Save to a file keeps them.", { name: chosen.name }), t("Open the file"), take);
  }

  /** Asks before everything that was done goes. */
  function sure(question, answer, go) {
    const yes = h("button", { type: "button", onclick: () => { closeMenu(menu); go().catch(({ message }) => tell(message)); } }, answer);
    fill(box, h("p", {}, question), h("div", { class: "row" }, yes, h("button", { type: "button", onclick: () => closeMenu(menu) }, t("Keep them"))));
    menu.open = true;
    yes.focus();
  }

  const ask = () => sure(t("The document, its branches, attempts, games and settings are forgotten. The worksheet stays: it is cleared in Lessons."), t("Start over"), () => python.begin().then(() => announce(t("Everything starts over."))));
  menu.addEventListener("toggle", () => { if (!menu.open) choices(); });
  document.addEventListener("lmpanel:language", choices);
  choices();
}
