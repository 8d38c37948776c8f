/**
 * What our caches and their entries are called: exact names with the scope in them, so that another
 * app on the same origin, or lmpanel in another folder of it, never shares or loses anything.
 *
 * Knows nothing about what is stored.
 */

/** Raised when what is stored can no longer be read by newer code: the old caches are then left over, see `outdated`. */
const FORMAT = 1;

/** A request with this header goes to the network, whatever is stored. */
export const PAST_STORE = "X-Lmpanel-Past-Store";

/** @param {string} scope URL of the folder that the site lies in, with the slash at its end */
export function namesFor(scope) {
  const { pathname } = new URL(scope);
  const code = new RegExp(`^lmpanel ${FORMAT} code ([0-9a-f]{64}) `);
  const name = (what) => `lmpanel ${FORMAT} ${what} ${pathname}`;
  const key = (path) => `${scope}.lmpanel/${path}`;
  const hashOf = (cache) => (cache === name(`code ${code.exec(cache)?.[1]}`) ? code.exec(cache)[1] : null);
  return {
    /** Which versions are complete, which one is current, and who was given which. */
    state: name("state"),
    /** The bytes of files, by their hash. */
    files: name("files"),
    /** A cache of its own for one large piece of code, see store.js. */
    code: (sha256) => name(`code ${sha256}`),
    /** The hash in such a name, null in any other. */
    hashOf,
    owns: (cache) => cache === name("state") || cache === name("files") || hashOf(cache) !== null,
    current: key("current"),
    version: (version) => key(`versions/${version}`),
    versions: key("versions/"),
    client: (id) => key(`clients/${id}`),
    clients: key("clients/"),
    /** One install at a time, in whichever tab. */
    lock: name("install"),
  };
}
