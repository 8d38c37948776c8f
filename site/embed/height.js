/**
 * Tells the course page how high the frame has to be: the height of the page's content, in whole pixels, when
 * it has been still for a moment.  The height never depends on that of the window; should a change of the
 * frame's height change the content all the same, the larger height stays.
 */
import { made } from "./protocol.js";

const STILL_MS = 80;
const MOST_SWINGS = 3;

export class Heights {
  /** @param {(height: number) => void} tell */
  constructor(tell, later = (run, ms) => setTimeout(run, ms)) {
    Object.assign(this, { tell, later, newest: 0, told: 0, before: 0, swings: 0, waits: false });
  }

  measured(pixels) {
    this.newest = Math.ceil(pixels);
    if (this.waits || this.newest === this.told) return;
    this.waits = true;
    this.later(() => { this.waits = false; this.settle(); }, STILL_MS);
  }

  settle() {
    if (this.newest === this.told || this.newest <= 0) return;
    this.swings = this.newest === this.before ? this.swings + 1 : 0;
    if (this.swings > MOST_SWINGS && this.newest < this.told) return;
    this.before = this.told;
    this.told = this.newest;
    this.tell(this.told);
  }
}

/** Watches the page's content. @param {Window} parent */
export function tellHeights(parent) {
  const heights = new Heights((height) => {
    parent.postMessage(made("height", { height }), "*");
    parent.postMessage(JSON.stringify({ subject: "lti.frameResize", height }), "*");  // as Canvas understands it
  });
  new ResizeObserver(() => heights.measured(document.body.getBoundingClientRect().height)).observe(document.body);
}
