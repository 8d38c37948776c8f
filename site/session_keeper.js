/**
 * Keeps everything that was done, as the text of a session file, for when Python has to be started
 * again and for a reload.  It is asked for when it has been quiet for a moment after changes, and
 * never so often that writing it takes more than a twentieth of Python's time.
 *
 * `<html data-session>` says how it stands: "changed" or "kept".
 */
const QUIET_MS = 1000;
/** Something is always going on while a long response is written. */
const LATEST_MS = 15_000;
const SHARE = 20;
/** No session file is longer, see lmpanel/session_file.py. */
export const MOST_CHARACTERS = 5_000_000;

const whenIdle = (run) => (globalThis.requestIdleCallback ? requestIdleCallback(run, { timeout: QUIET_MS }) : setTimeout(run));

export class SessionKeeper {
  /**
   * @param {{ask: () => Promise<string>, onKept?: (text: string|null) => void, tell?: (word: string) => void,
   *   idle?: (run: () => void) => void}} parts `ask` gives the text of a session file
   */
  constructor({ ask, onKept = () => {}, tell = () => {}, idle = whenIdle }) {
    Object.assign(this, { ask, onKept, tell, idle });
    this.text = null;
    this.timer = 0;
    this.since = 0;
    this.took = 0;
    this.asking = false;
    this.life = 0;
    this.failures = 0;
  }

  /** Something may have changed: it is saved when nothing has for a while. */
  touched() {
    this.tell("changed");
    this.since ||= Date.now();
    clearTimeout(this.timer);
    const wait = Math.min(Math.max(QUIET_MS, SHARE * this.took), Math.max(0, this.since + LATEST_MS - Date.now()));
    this.timer = setTimeout(() => this.idle(() => this.save()), wait);
  }

  /** Saves now what has changed; a second time only when the first is done. */
  async save() {
    if (!this.since || this.asking) return;
    clearTimeout(this.timer);
    const { life } = this;
    const begun = Date.now();
    this.since = 0;
    this.asking = true;
    // Python that has died is started again, and what it then draws is a change.
    const text = await this.ask().catch(() => null);
    this.asking = false;
    this.took = Date.now() - begun;
    if (life === this.life && text !== null && text.length <= MOST_CHARACTERS) this.keep(text);
    if (this.since) this.touched();
    else this.tell("kept");
  }

  keep(text) {
    this.text = text;
    this.onKept(text);
  }

  /** What was kept is no longer wanted; nor is what is being asked for. */
  forget() {
    this.life += 1;
    this.failures = 0;
    if (this.text !== null) this.keep(null);
  }

  /** Python began with what is kept and died before it was done: it is not tried for ever. */
  failed() {
    this.failures += 1;
    if (this.failures > 1) this.forget();
  }

  /** Python began with it, and all is well. */
  held() {
    this.failures = 0;
  }
}
