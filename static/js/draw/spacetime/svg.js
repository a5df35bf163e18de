/** Small help with the drawing's elements. */

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag @param {Record<string, string | number>} [attributes] @param {string} [text]
 * @returns {SVGElementTagNameMap[K]}
 */
export function mark(tag, attributes = {}, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(made, attributes);
  if (text) made.textContent = text;
  return made;
}

/** @param {Element} element @param {Record<string, string | number>} attributes */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

/** A place, as short as it can be without being seen to be off. @param {number} number */
export function px(number) {
  return String(Math.round(number * 10) / 10);
}

/**
 * Marks that are kept for as long as they are seen, and touched only when they have changed.
 */
export class Marks {
  /** @param {SVGGElement} layer */
  constructor(layer) {
    this.layer = layer;
    /** @type {Map<string, { element: SVGGElement, told: string, round: number }>} */
    this.kept = new Map();
    this.round = 0;
  }

  /** Begin anew; whatever is not shown until `end` goes. */
  begin() {
    this.round += 1;
  }

  /**
   * @param {string} id @param {string} told what the mark looks like; the same text, the same mark
   * @param {(element: SVGGElement) => void} draw into an empty group
   */
  show(id, told, draw) {
    let found = this.kept.get(id);
    if (!found) {
      found = { element: mark("g"), told: "", round: 0 };
      this.kept.set(id, found);
      this.layer.append(found.element);
    }
    found.round = this.round;
    if (found.told === told) return;
    found.told = told;
    found.element.replaceChildren();
    draw(found.element);
  }

  end() {
    for (const [id, { element, round }] of this.kept) {
      if (round === this.round) continue;
      element.remove();
      this.kept.delete(id);
    }
  }
}
