/**
 * A stretch of a run as a GIF. It is drawn moment by moment from the timeline, not filmed: the same stretch gives the same
 * pictures on any machine, however slow.
 *
 * @import { Timeline } from "../timeline.js"
 */
import { applyPalette, GIFEncoder, quantize } from "gifenc";
import { Selection } from "../selection.js";
import { Studio } from "./darkroom.js";
import { raster } from "./picture.js";

export const FRAMES_PER_S = 15;
/** More frames make a file that nobody wants to load. */
export const FRAMES_MAX = 300;
const SIZE = { width: 640, height: 440 };
const COLOURS = 64;
const HOLD_MS = 1500;

/**
 * @param {Timeline} timeline @param {string} key
 * @param {{ from_us: number, to_us: number, speed: number }} stretch speed in virtual seconds a second
 * @param {(part: number) => void} onProgress @param {() => boolean} isWanted
 * @returns {Promise<Blob | null>} null: no longer wanted
 */
export async function gif(timeline, key, { from_us, to_us, speed }, onProgress, isWanted) {
  const studio = new Studio(timeline, key, SIZE, new Selection());
  try {
    const frames = Math.max(1, Math.min(FRAMES_MAX, Math.ceil(((to_us - from_us) / 1e6 / speed) * FRAMES_PER_S)));
    const encoder = GIFEncoder();
    for (let frame = 0; frame <= frames; frame++) {
      if (!isWanted()) return null;
      const canvas = await raster(studio.at(from_us + ((to_us - from_us) * frame) / frames, true), 1);
      const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
      const palette = quantize(data, COLOURS);
      const delay = frame === frames ? HOLD_MS : 1000 / FRAMES_PER_S;
      encoder.writeFrame(applyPalette(data, palette), canvas.width, canvas.height, { palette, delay });
      onProgress(frame / frames);
      await new Promise((resolve) => setTimeout(resolve));
    }
    encoder.finish();
    return new Blob([encoder.bytes()], { type: "image/gif" });
  } finally {
    studio.close();
  }
}
