/**
 * A drawing as a file that stands alone: colours and type as they are on the screen, in the theme that is
 * shown, written out at every element, with a caption.  It refers to nothing outside itself.
 */
import { saveFile, svg } from "./dom.js";

const PAINTS = ["fill", "stroke"];
const NUMBERS = ["stroke-width", "stroke-dasharray", "opacity", "fill-opacity", "stroke-opacity"];
const TYPE = ["font-family", "font-size", "font-weight", "text-anchor"];
const GEOMETRY = new Set(["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "width", "height", "d", "points", "transform"]);
const MARGIN = 16;
const LINE = 17;
const CAPTION = { "font-size": "12px", style: "fill:var(--muted);font-weight:400" };
/** Characters that XML cannot hold. */
const IMPOSSIBLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/**
 * @param {Element} place where styles are taken from
 * @param {SVGSVGElement} drawing with a viewBox
 * @returns {{text: string, width: number, height: number, save: (name: string, kind: "SVG"|"PNG") => Promise<void>}}
 */
export function picture(place, drawing, caption) {
  const page = svg("svg", { style: "position:absolute;width:0;height:0;overflow:hidden;visibility:visible", "aria-hidden": "true" });
  place.parentNode.append(page);
  try {
    return compose(page, drawing, caption);
  } finally {
    page.remove();
  }
}

function compose(page, drawing, caption) {
  const box = drawing.viewBox.baseVal;
  const lines = wrapped(caption, box.width);
  const [width, height] = [box.width + 2 * MARGIN, box.height + (lines.length + 1) * LINE + 2 * MARGIN].map(Math.ceil);
  const inner = svg("g", { transform: `translate(${MARGIN - box.x} ${MARGIN - box.y})`, class: drawing.getAttribute("class") }, [...drawing.childNodes].map((node) => node.cloneNode(true)));
  page.append(svg("rect", { width, height, style: "fill:var(--card)" }), inner,
    ...lines.map((line, i) => svg("text", { x: MARGIN, y: MARGIN + box.height + (i + 1.6) * LINE, ...CAPTION }, line)));
  const whole = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` }, svg("title", {}, clean(caption)), [...page.children].map(plain));
  const text = new XMLSerializer().serializeToString(whole);
  const save = async (name, kind) => {
    if (kind === "SVG") return saveFile(`${name}.svg`, text, "image/svg+xml");
    return saveFile(`${name}.png`, await raster(text, width, height), "image/png");
  };
  return { text, width, height, save };
}

/** A copy with its look written out; what is not seen is left out. */
function plain(element) {
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden") return null;
  const copy = svg(element.localName);
  for (const { name, value } of element.attributes) if (GEOMETRY.has(name)) copy.setAttribute(name, value);
  if (element.localName !== "g") look(copy, style, ["text", "tspan"].includes(element.localName));
  for (const node of element.childNodes) {
    const child = node.nodeType === Node.TEXT_NODE ? document.createTextNode(clean(node.data)) : plain(node);
    if (child) copy.append(child);
  }
  return copy;
}

function look(copy, style, isText) {
  for (const name of PAINTS) {
    const paint = style.getPropertyValue(name);
    if (paint === "none") { if (name === "fill") copy.setAttribute(name, paint); continue; }
    const [red, green, blue, alpha] = pixel(paint);
    copy.setAttribute(name, `rgb(${red},${green},${blue})`);
    if (alpha < 255) copy.setAttribute(`${name}-opacity`, (alpha / 255).toFixed(3));
  }
  for (const name of isText ? [...NUMBERS, ...TYPE] : NUMBERS) {
    const value = style.getPropertyValue(name);
    if (value && !["1", "none", "normal"].includes(value) && !copy.hasAttribute(name)) copy.setAttribute(name, value);
  }
  if (isText) copy.setAttribute("font-size", style.fontSize);
}

const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** Red, green, blue and alpha, 0 to 255, of any colour that a style sheet can say. */
function pixel(paint) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = paint;
  canvas.fillRect(0, 0, 1, 1);
  return canvas.getImageData(0, 0, 1, 1).data;
}

function wrapped(text, width) {
  canvas.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (lines.at(-1) && canvas.measureText(longer).width > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

const clean = (text) => text.replace(IMPOSSIBLE, "\ufffd");

async function raster(text, width, height) {
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const sheet = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
    sheet.getContext("2d").drawImage(image, 0, 0, 2 * width, 2 * height);
    return await new Promise((resolve) => { sheet.toBlob(resolve, "image/png"); });
  } finally {
    URL.revokeObjectURL(url);
  }
}
