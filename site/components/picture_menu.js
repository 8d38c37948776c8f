/**
 * "Picture": what is drawn as an SVG or PNG file, behind one word beside the other exports.  How a
 * picture is made is loaded when one is wanted.
 */
import { h } from "./dom.js";
import { t } from "./wording.js";

/** Whose numbers are shown: the caption of every picture says so. */
const models = { shown: "", transformer: "" };

/** Tells of which models the page shows numbers; `by` is null while the transformer predicts. */
export function tellModels({ by, transformer }) {
  models.transformer = transformer ?? "";
  models.shown = by ?? models.transformer;
}

/**
 * @param {string} name of the file, without its ending
 * @param {() => {drawing: SVGSVGElement, caption: string}|Promise} draw what is drawn now; a drawing that is not in the page gets the styles of where the menu stands
 * @param {"shown"|"transformer"} [of] the model in the caption
 */
export function pictureMenu(name, draw, of = "shown") {
  const save = async (kind) => {
    const { picture } = await import("./picture_file.js");
    const { drawing, caption } = await draw();
    await picture(element, drawing, `${models[of]} · ${caption}`).save(name, kind);
  };
  const buttons = ["SVG", "PNG"].map((kind) => h("button", { type: "button", class: "quiet small", "aria-label": t("{kind} picture", { kind }), onclick: () => save(kind) }, kind));
  const kinds = h("span", { hidden: true }, buttons);
  const opener = h("button", { type: "button", class: "quiet small opener", "aria-expanded": "false", title: t("Save what is drawn"), onclick: () => {
    kinds.hidden = !kinds.hidden;
    opener.setAttribute("aria-expanded", String(!kinds.hidden));
  } }, t("Picture"));
  const element = h("span", { class: "picture-menu" }, opener, kinds);
  return element;
}
