/**
 * Keeps the page's Bokeh document and the Python worker's in step.  Bokeh draws Panel's roots into
 * the slots; changes travel as patches in both directions.  Knows nothing about what the app shows.
 */
import { ownScript } from "./own_script.js";
import { t } from "./components/wording.js";

const SCRIPTS = ["bokeh/bokeh", "bokeh/bokeh-widgets", "bokeh/bokeh-tables", "panel/panel"].map((name) => `vendor/${name}.min.js`);

// Panel loads components through a shim for old browsers; every browser that can run the model imports
// modules itself.  The one blob that Panel makes is what panel_render.js is for.
const shim = (url) => import(url.startsWith("blob:") ? "./panel_render.js" : new URL(url, document.baseURI).href);
globalThis.importShim ??= Object.assign(shim, { addImportMap() {} });

/** Loads Bokeh's and Panel's own scripts, in order; start it early, it needs nothing else. */
export async function loadBokeh(base) {
  for (const path of SCRIPTS) await loadScript(new URL(path, base));
}

const loaded = new Set();

/** A script that is there already is not run a second time. */
function loadScript(url) {
  if (loaded.has(url.href)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = ownScript(url);
    script.onload = () => { loaded.add(url.href); resolve(); };
    script.onerror = () => reject(Object.assign(new Error(t("{file} could not be loaded.", { file: url.pathname })), { code: "download_failed", remedy: t("Check the network, then reload the page.") }));
    document.head.append(script);
  });
}

export class PanelBridge {
  /** @param {(patch: object) => void} sendPatch */
  constructor(sendPatch) {
    this.sendPatch = sendPatch;
    this.patching = 0;
    this.held = [];
  }

  /** Holds changes back until they flow again. */
  hold() {
    this.held ??= [];
  }

  /** Takes what was drawn out of the page, and the document out of Bokeh's list. */
  close() {
    this.drawn?.clear();
    const { documents } = globalThis.Bokeh;
    if (documents.includes(this.document)) documents.splice(documents.indexOf(this.document), 1);
  }

  /** Draws the roots of the document that Python made, root by root into `targets` (element ids). */
  async render({ docs_json, render_items, root_ids }, targets) {
    const items = JSON.parse(render_items);
    const ids = JSON.parse(root_ids);
    items[0].roots = Object.fromEntries(ids.map((id, i) => [id, targets[i]]));
    items[0].root_ids = ids;
    [this.drawn] = await globalThis.Bokeh.embed.embed_items(JSON.parse(docs_json), items);
    this.document = [...this.drawn.roots.values()][0].model.document;
    this.document.on_change((event) => this.changed(event), false);
  }

  changed(event) {
    if (this.patching || event.setter_id === "py") return;
    const patch = this.document.create_json_patch([event]);
    if (this.held) this.held.push(patch);
    else this.sendPatch(patch);
  }

  /** Sends what was held back until the other side listens, and from now on everything at once. */
  flow() {
    const { held } = this;
    this.held = null;
    held.forEach((patch) => this.sendPatch(patch));
  }

  /** Applies what Python changed; what comes before there is a document was meant for a former one. */
  apply(patch, buffers) {
    if (!this.document) return;
    this.patching += 1;
    try {
      this.document.apply_json_patch(patch, buffers);
    } finally {
      this.patching -= 1;
    }
  }
}
