/**
 * The page: speaks the reader's language, shows the recorded example, starts both workers at once, puts Panel's roots into the
 * layout when they are there, and connects the scripting interface.  The order is what matters
 * here; the work is done by the modules named below.
 */
import { EngineHost } from "./engine/host.js";
import { createApi } from "./api.js";
import { beginAs } from "./embed/author.js";
import { firstDocument, followLinks, keepSession, keepState } from "./links.js";
import { offerLanguages, speakFirst } from "./language.js";
import { makeMenu } from "./menu.js";
import { readOptions } from "./options.js";
import { Status, clearNotice, notice } from "./status.js";
import { PythonHost } from "./python_host.js";
import { RecordedExample } from "./recorded.js";
import { sessionMenu } from "./session_menu.js";
import { watchEngine } from "./engine_status.js";
import { openDoor } from "./lesson_door.js";
import { showTitlesOnFocus } from "./tooltips.js";
import { startOffline } from "./offline/start.js";

const base = new URL(".", document.baseURI).href;
await speakFirst(base);
const options = readOptions(location.search);
const status = new Status();
const engine = new EngineHost(base);
const python = new PythonHost({ base, status, first: firstDocument(options.author), onKept: keepSession });
const recorded = new RecordedExample({ base, status });

globalThis.lmpanel = createApi({ base, status, engine, python });

if (options.warnings.length) notice({ code: "parameters", message: options.warnings.join(" ") });
document.getElementById("engine").addEventListener("toggle", () => status.draw());
document.addEventListener("lmpanel:language", () => status.draw());
document.querySelectorAll("details.menu").forEach(makeMenu);
showTitlesOnFocus();
offerLanguages({ base, engine, python });
sessionMenu({ python });
python.addEventListener("state", ({ detail }) => keepState(detail));
followLinks(python);
document.addEventListener("lmpanel:notice", ({ detail }) => notice(detail));
document.addEventListener("lmpanel:notice-over", ({ detail }) => clearNotice(detail.code));
openDoor(options.lesson);
python.addEventListener("settled", () => recorded.leave());

const start = () => {
  watchEngine({ engine, python, status, options });
  python.start();
  startOffline({ base, engine, python, status, ready: globalThis.lmpanel.ready });
};
const shown = python.opensText ? null : recorded.show();
await beginAs({ author: options.author, base, api: globalThis.lmpanel, python, status, start });
await shown;
