/**
 * The shell when Panel serves the page: the model runs on the server, nothing is loaded here.
 * Says so in the chip, and shows the app's errors (see components/notices.js) as the static page
 * does.
 */
import { sayShell } from "./language.js";
import { makeMenu } from "./menu.js";
import { h, fill, setText } from "./components/dom.js";
import { many, t, wording } from "./components/wording.js";
import { clearNotice, notice } from "./status.js";
import { openDoor } from "./lesson_door.js";
import { readOptions } from "./options.js";
import { showTitlesOnFocus } from "./tooltips.js";

const byId = (id) => document.getElementById(id);
const { model, threads, verified } = JSON.parse(byId("engine-info").textContent);

const where = many(threads, "native, {n} thread", "native, {n} threads");
setText(byId("chip"), verified ? t("{model} · {where} · checked", { model, where }) : `${model} · ${where}`);
byId("dot").dataset.phase = "ready";
byId("progress").hidden = true;
for (const name of ["session", "language"]) byId(name).hidden = true;
document.documentElement.lang = wording().language;
sayShell();
fill(byId("engine-box"), h("p", {}, t("The model runs in Python on the machine that serves this page.")));
document.addEventListener("lmpanel:notice", ({ detail }) => notice(detail));
document.addEventListener("lmpanel:notice-over", ({ detail }) => clearNotice(detail.code));
makeMenu(byId("engine"));
showTitlesOnFocus();
openDoor(readOptions(location.search).lesson);
