/**
 * Keeps the worksheet in this browser.  Where storage is blocked or full it lives in the page's memory
 * alone, and `problem` says so.  The text is Python's (lmpanel/lessons/worksheet.py).
 */
import { later } from "./wording.js";

const KEY = `lmpanel:${new URL(".", document.baseURI).pathname}:worksheet`;

let memory = null;

export const store = {
  /** Why nothing is kept, in English; to be translated where it is shown. */
  problem: "",

  /** The worksheet as text, null when there is none. */
  read() {
    if (memory !== null) return memory;
    try {
      memory = localStorage.getItem(KEY);
    } catch {
      this.problem = BLOCKED;
    }
    return memory;
  },

  /** @param {string} text */
  write(text) {
    memory = text;
    try {
      localStorage.setItem(KEY, text);
      this.problem = "";
    } catch (error) {
      this.problem = error.name === "QuotaExceededError" ? FULL : BLOCKED;
    }
  },

  /** What was kept cannot be read: it is set aside, so that nothing is written over it. */
  setAside() {
    try {
      const damaged = localStorage.getItem(KEY);
      if (damaged !== null) localStorage.setItem(`${KEY}:damaged`, damaged);
      localStorage.removeItem(KEY);
    } catch { /* then there is nothing to lose */ }
    memory = null;
  },

  /** Calls back with the worksheet that another tab has kept. */
  onOther(callback) {
    addEventListener("storage", ({ key, newValue }) => { if (key === KEY && newValue) callback(newValue); });
  },
};

const BLOCKED = later("This browser keeps nothing for this site: save your worksheet before you close the page.");
const FULL = later("The browser's storage is full: save your worksheet before you close the page.");
