/**
 * A loss that is felt: `element` is shaken, and settles.  The reach is proportional to `strength` and
 * bounded; nothing moves for who prefers reduced motion.  What the loss is must be said in words as well.
 */
const REACH_PX = 26;
const SWINGS = [1, -0.8, 0.6, -0.42, 0.26, -0.12, 0];

/** @param {HTMLElement} element @param {number} strength 0 to 1 */
export function jolt(element, strength) {
  const bounded = Math.min(Math.max(strength, 0), 1);
  element.dataset.jolt = bounded.toFixed(3);
  if (!bounded || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const frames = [0, ...SWINGS].map((swing) => ({ transform: `translateX(${(swing * bounded * REACH_PX).toFixed(1)}px)` }));
  element.animate(frames, { id: "jolt", duration: 250 + 450 * bounded, easing: "ease-out" });
}

/** A bar as long as the jolt is strong, for a look back and for who sees no motion. */
export function gauge(bar, strength) {
  bar.style.transform = `scaleX(${Math.min(Math.max(strength, 0), 1)})`;
}
