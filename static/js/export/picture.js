/** A drawing as a picture of its own: an SVG that needs no style sheet, and a PNG of it. */

/** What the style sheets decide of a mark, and what lies in it takes over. */
const INHERITED = [
  "visibility", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "paint-order",
  "marker-end", "font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline", "letter-spacing",
];
/** What they decide of a mark alone, and what it is unless they do. @type {Record<string, string>} */
const OWN = { display: "inline", opacity: "1" };

/** What is only for hands. */
const NOT_SHOWN = "[data-hit], .hit";

/** @typedef {{ text: string, width: number, height: number }} Picture */

/**
 * The drawing as it looks now, on its background.
 * @param {SVGSVGElement} svg a drawing that is part of the page @param {string} [title]
 * @returns {Picture}
 */
export function standalone(svg, title = "") {
  const { width, height } = svg.viewBox.baseVal;
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  const copies = [...copy.querySelectorAll("*")];
  dress(svg, copy, null);
  for (const [place, original] of [...svg.querySelectorAll("*")].entries()) dress(original, /** @type {Element} */ (copies[place]), original.parentElement);
  for (const element of copy.querySelectorAll(`${NOT_SHOWN}, [display="none"]`)) element.remove();
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: surface(), stroke: "none" })) ground.setAttribute(name, value);
  copy.prepend(ground);
  if (title) {
    const name = document.createElementNS("http://www.w3.org/2000/svg", "title");
    name.textContent = title;
    copy.prepend(name);
  }
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

/** Give a copy the looks of its original, and nothing that belongs to the page. @param {Element} original @param {Element} copy @param {Element | null} parent of the original */
function dress(original, copy, parent) {
  const style = getComputedStyle(original);
  const above = parent && getComputedStyle(parent);
  for (const { name } of [...copy.attributes]) {
    if (/^(class|style|tabindex|role|aria-|data-(?!hit))/.test(name) && !copy.matches(NOT_SHOWN)) copy.removeAttribute(name);
  }
  for (const property of INHERITED) {
    const value = style.getPropertyValue(property);
    if (value !== above?.getPropertyValue(property)) copy.setAttribute(property, value.replaceAll('"', "'"));
    else copy.removeAttribute(property);
  }
  for (const [property, usual] of Object.entries(OWN)) {
    const value = style.getPropertyValue(property);
    if (parent && value !== usual) copy.setAttribute(property, value);
  }
}

/** The colour that the drawing stands on, as the browser works it out. */
function surface() {
  const probe = document.createElement("div");
  probe.style.color = "var(--surface)";
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/**
 * @param {Picture} picture @param {number} [scale] pixels for each unit of the drawing
 * @returns {Promise<HTMLCanvasElement>}
 */
export async function raster({ text, width, height }, scale = 2) {
  const image = new Image(width, height);
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    image.src = address;
    await image.decode();
  } finally {
    URL.revokeObjectURL(address);
  }
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** @param {HTMLCanvasElement} canvas @returns {Promise<Blob>} */
export function png(canvas) {
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}

/** Hand a file to the browser's downloads. @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}
