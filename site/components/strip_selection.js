/**
 * Which tokens of the strip are selected, by pointer, touch and keys: one tab stop, roving focus,
 * Shift extends.  Draws the selection and reports it; knows nothing about Python or numbers.
 *
 * A selection is `{anchor, cursor}`: token indices, the span between them inclusive; the index
 * after the last token is the caret at the end.
 */

const LONG_PRESS_MS = 450;

export class StripSelection {
  /**
   * @param {import("./strip_tokens.js").StripTokens} tokens
   * @param {(selection: {anchor: number, cursor: number, count: number}) => void} onChange count: how
   *   many times it was called, to be told back as `heard`
   */
  constructor(tokens, onChange) {
    this.tokens = tokens;
    this.onChange = onChange;
    this.anchor = 0;
    this.cursor = 0;
    this.extending = false;
    this.marked = new Set();
    this.told = 0;
    this.sent = 0;
    this.heard = 0;
    this.listen(tokens.list);
  }

  /**
   * Shows a selection that came from elsewhere, without reporting it back.  `heard` says how many of
   * our own reports it knows of: until it knows all of them it is older than what is shown here.
   */
  show({ anchor, cursor, heard }) {
    this.heard = heard ?? this.heard;
    if (this.heard >= this.sent) this.settle();
    if (heard < this.told) return;
    const last = this.tokens.rows.length;
    const elsewhere = this.cursor !== cursor && cursor < last;
    this.anchor = Math.min(anchor, last);
    this.cursor = Math.min(cursor, last);
    const held = indexOf(this.focused) !== null;
    this.mark();
    if (elsewhere) this.bringIntoView(this.tokens.at(this.cursor));
    if (held) this.tokens.at(this.cursor).focus({ preventScroll: true });
  }

  /** Scrolls the list alone: `scrollIntoView` would also move the page away from what was clicked. */
  bringIntoView(element) {
    const [box, view] = [element.getBoundingClientRect(), this.tokens.list.getBoundingClientRect()];
    if (box.top < view.top) this.tokens.list.scrollTop -= view.top - box.top + 8;
    else if (box.bottom > view.bottom) this.tokens.list.scrollTop += box.bottom - view.bottom + 8;
  }

  get focused() {
    return this.tokens.list.getRootNode().activeElement;
  }

  /** Lets `change` move or remove elements; focus that was in the strip stays in the strip. */
  keepFocus(change) {
    const inside = this.tokens.list.contains(this.focused);
    change();
    if (inside && !this.tokens.list.contains(this.focused)) this.tokens.at(Math.min(this.cursor, this.tokens.rows.length)).focus({ preventScroll: true });
  }

  listen(list) {
    list.addEventListener("pointerdown", (event) => this.press(event));
    list.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) list.addEventListener(end, () => this.release());
    list.addEventListener("keydown", (event) => this.key(event));
    list.addEventListener("contextmenu", (event) => { if (this.longPressed) event.preventDefault(); });
  }

  press(event) {
    const token = indexOf(event.target);
    if (token === null || event.button !== 0) return;
    this.longPressed = false;
    if (event.pointerType === "touch") this.timer = setTimeout(() => this.startSpan(token), LONG_PRESS_MS);
    else this.dragging = true;
    this.move(token, event.shiftKey || this.extending);
    if (event.pointerType !== "touch") event.preventDefault();
  }

  startSpan(token) {
    this.longPressed = true;
    this.onExtending?.(true);
    this.move(token, false);
  }

  drag(event) {
    if (!this.dragging) { if (Math.hypot(event.movementX, event.movementY) > 6) clearTimeout(this.timer); return; }
    const token = indexOf(event.target.getRootNode().elementFromPoint(event.clientX, event.clientY));
    if (token !== null && token !== this.cursor) this.move(token, true);
  }

  release() {
    clearTimeout(this.timer);
    this.dragging = false;
  }

  key(event) {
    if (indexOf(event.target) === null || event.altKey) return;
    if (event.ctrlKey || event.metaKey) return this.command(event);
    const last = this.tokens.rows.length;
    const targets = {
      ArrowRight: () => this.cursor + 1, ArrowLeft: () => this.cursor - 1, Home: () => 0, End: () => last,
      ArrowDown: () => this.line(1), ArrowUp: () => this.line(-1), Escape: () => this.cursor,
    };
    const target = targets[event.key]?.();
    if (target === undefined) return;
    event.preventDefault();
    this.move(Math.max(0, Math.min(last, target)), event.shiftKey);
  }

  /** Ctrl or Cmd with a key: select all, undo, redo; anything else is the browser's. */
  command(event) {
    const key = event.key.toLowerCase();
    if (key === "a") this.all();
    else if (key === "z") this.onCommand?.(event.shiftKey ? "redo" : "undo");
    else if (key === "y") this.onCommand?.("redo");
    else return;
    event.preventDefault();
  }

  /** The nearest token one line above or below the cursor. */
  line(direction) {
    const from = this.tokens.at(this.cursor).getBoundingClientRect();
    const x = from.left + from.width / 2;
    let best = null, bestTop = null, bestGap = Infinity;
    for (let i = this.cursor + direction; i >= 0 && i <= this.tokens.rows.length; i += direction) {
      const box = this.tokens.at(i).getBoundingClientRect();
      if ((box.top - from.top) * direction < from.height / 2) continue;
      bestTop ??= box.top;
      if (Math.abs(box.top - bestTop) > from.height / 2) break;
      const gap = Math.abs(box.left + box.width / 2 - x);
      if (gap < bestGap) { best = i; bestGap = gap; }
    }
    return best ?? (direction > 0 ? this.tokens.rows.length : 0);
  }

  /**
   * `patient` (the hand is not on the list): the list alone is scrolled, and the report waits until the
   * one before was answered, or the hand is taken off.
   */
  move(index, extend, patient = false) {
    const last = this.tokens.rows.length;
    this.cursor = extend ? Math.min(index, last - 1) : index;
    if (!extend || this.anchor >= last) this.anchor = this.cursor;
    this.mark();
    const element = this.tokens.at(this.cursor);
    element.focus({ preventScroll: true });
    if (patient) this.bringIntoView(element);
    else element.scrollIntoView({ block: "nearest" });
    this.report(patient);
  }

  report(patient = false) {
    this.told += 1;
    if (!patient || this.heard >= this.sent) this.settle();
  }

  /** Reports the selection unless it was reported already. */
  settle() {
    if (this.sent === this.told) return;
    this.sent = this.told;
    this.onChange({ anchor: this.anchor, cursor: this.cursor, count: this.told });
  }

  all() {
    this.anchor = 0;
    this.cursor = Math.max(0, this.tokens.rows.length - 1);
    this.mark();
    this.report();
  }

  mark() {
    this.onMark?.();
    const [from, to] = [Math.min(this.anchor, this.cursor), Math.max(this.anchor, this.cursor)];
    const before = this.marked;
    this.marked = new Set();
    for (let i = from; i <= to; i++) this.marked.add(this.tokens.at(i));
    for (const element of before) if (!this.marked.has(element)) element.setAttribute("aria-selected", "false");
    for (const element of this.marked) if (!before.has(element)) element.setAttribute("aria-selected", "true");
    if (this.stop) this.stop.tabIndex = -1;
    this.stop = this.tokens.at(this.cursor);
    this.stop.tabIndex = 0;
  }
}

function indexOf(node) {
  for (let element = node; element; element = element.parentElement) if (element.index !== undefined) return element.index;
  return null;
}
