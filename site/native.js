/**
 * The shell when Panel serves the page: the model runs on the server, nothing is loaded here.
 * Says so in the chip, and shows the app's errors (see components/notices.js) as the static page
 * does.
 */
import { makeMenu } from "./menu.js";
import { h, fill, setText } from "./components/dom.js";
import { many } from "./components/format.js";
import { clearNotice, notice } from "./status.js";
import { openDoor } from "./lesson_door.js";
import { readOptions } from "./options.js";
import { showTitlesOnFocus } from "./tooltips.js";

const byId = (id) => document.getElementById(id);
const { model, threads, verified } = JSON.parse(byId("engine-info").textContent);

setText(byId("chip"), `${model} · native, ${many(threads, "thread")}${verified ? " · checked" : ""}`);
byId("dot").dataset.phase = "ready";
byId("progress").hidden = true;
byId("session").hidden = true;
fill(byId("engine-box"), h("p", {}, "The model runs in Python on the machine that serves this page."));
document.addEventListener("lmpanel:notice", ({ detail }) => notice(detail));
document.addEventListener("lmpanel:notice-over", ({ detail }) => clearNotice(detail.code));
makeMenu(byId("engine"));
showTitlesOnFocus();
openDoor(readOptions(location.search).lesson);
