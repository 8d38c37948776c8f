/**
 * Messages between a course page and the frame it shows lmpanel in: what they look like, and what of a message
 * is taken.  A message is data from a stranger: it is copied within limits, value by value, and whatever is not
 * plain data refuses it.  Knows neither windows nor what calls do.
 *
 * course page → frame
 *   {context: "lmpanel", api: 1, id, type: "hello"}                 is answered with {api, methods, events}
 *   {context: "lmpanel", api: 1, id, type: "call", method, args}
 * frame → course page
 *   {context: "lmpanel", api: 1, type: "ready", answers}            the frame listens; `answers`: an origin is named
 *   {context: "lmpanel", api: 1, type: "height", height}            pixels
 *   {context: "lmpanel", api: 1, id, type: "result", result}
 *   {context: "lmpanel", api: 1, id, type: "error", error: {code, message}}
 *   {context: "lmpanel", api: 1, type: "state"|"progress"|"error"|"event", …}   what was subscribed to
 */

export const CONTEXT = "lmpanel";
export const API = 1;
export const METHODS = ["ready", "status", "tokenize", "next", "score", "generate", "getState", "setState", "backends", "useBackend", "on", "off"];
export const EVENTS = ["state", "progress", "error", "event"];

/** A text of a million characters is the largest that a call takes. */
const MOST_CHARACTERS = 1_200_000;
const MOST_VALUES = 50_000;
const MOST_DEPTH = 12;
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

/** A message of ours. */
export const made = (type, fields = {}) => ({ context: CONTEXT, api: API, type, ...fields });

/** Whether it may be meant for us: all else is not even looked at. */
export const isOurs = (data) => typeof data === "object" && data !== null && data.context === CONTEXT;

/**
 * @param {object} data a message that is ours
 * @returns {{id: string|number|null, type: "hello"|"call", method?: string, args?: any[]}}
 * @throws {{code: string, message: string, id: string|number|null}}
 */
export function readMessage(data) {
  const id = isId(data.id) ? data.id : null;
  const refuse = (code, message) => { throw Object.assign(new Error(message), { code, id }); };
  if (data.api !== API) refuse("bad_argument", `This page speaks version ${API} of the messages.`);
  if (id === null) refuse("bad_argument", "A message needs an id: a number, or a text of at most 100 characters.");
  if (data.type === "hello") return { id, type: "hello" };
  if (data.type !== "call") refuse("bad_argument", "The type of a message is hello or call.");
  if (!METHODS.includes(data.method)) refuse("bad_argument", `There is no such method. Possible: ${METHODS.join(", ")}.`);
  if (data.args !== undefined && !Array.isArray(data.args)) refuse("bad_argument", "The arguments are a list.");
  try {
    return { id, type: "call", method: data.method, args: plainCopy(data.args ?? []) };
  } catch (error) {
    return refuse(error.code ?? "bad_argument", error.message);
  }
}

const isId = (id) => (typeof id === "string" && id.length <= 100) || Number.isSafeInteger(id);

/** Plain data, copied; never more of it than the limits. @throws {Error} with a code */
export function plainCopy(value, left = { characters: MOST_CHARACTERS, values: MOST_VALUES }, depth = 0) {
  if ((left.values -= 1) < 0 || depth > MOST_DEPTH) throw tooLarge();
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") { if (Number.isFinite(value)) return value; throw notPlain(); }
  if (typeof value === "string") { if ((left.characters -= value.length) < 0) throw tooLarge(); return value; }
  if (Array.isArray(value)) {
    if (value.length > left.values) throw tooLarge();
    return Array.from(value, (item) => plainCopy(item, left, depth + 1));
  }
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) throw notPlain();
  const copy = {};
  for (const name in value) {
    if (FORBIDDEN.has(name)) throw notPlain();
    if ((left.characters -= name.length) < 0) throw tooLarge();
    if (value[name] !== undefined) copy[name] = plainCopy(value[name], left, depth + 1);
  }
  return copy;
}

const tooLarge = () => Object.assign(new Error("This message is too large; nothing was done."), { code: "too_large" });
const notPlain = () => Object.assign(new Error("This argument is not JSON. Pass plain objects, lists, strings and finite numbers."), { code: "bad_argument" });

/** So many at once, and so many a second from then on. */
export class Bucket {
  constructor(size, perSecond, now = () => performance.now()) {
    Object.assign(this, { size, perSecond, now, level: size, at: now() });
  }

  take() {
    const at = this.now();
    this.level = Math.min(this.size, this.level + ((at - this.at) / 1000) * this.perSecond);
    this.at = at;
    if (this.level < 1) return false;
    this.level -= 1;
    return true;
  }
}
