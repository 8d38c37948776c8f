/**
 * What our caches and their entries are called: exact names with the scope in them, so that another
 * app on the same origin, or lmpanel in another folder of it, never shares or loses anything.
 *
 * Knows nothing about what is stored.
 */

/** Raised when newer code can no longer read what is stored. */
const FORMAT = 1;

/** A request with this header goes to the network, whatever is stored. */
export const PAST_STORE = "X-Lmpanel-Past-Store";

/** In a stored file's headers: the hash that was checked before it was stored. */
export const CHECKED = "X-Lmpanel-Sha256";

/** @param {string} scope URL of the folder that the site lies in, with the slash at its end */
export function namesFor(scope) {
  const { pathname } = new URL(scope);
  const name = (what) => `lmpanel ${FORMAT} ${what} ${pathname}`;
  const key = (path) => `${scope}.lmpanel/${path}`;
  return {
    /** Which versions are complete, which one is current, and who was given which. */
    state: name("state"),
    /** The bytes of files, by their hash. */
    files: name("files"),
    owns: (cache) => cache === name("state") || cache === name("files"),
    current: key("current"),
    version: (version) => key(`versions/${version}`),
    versions: key("versions/"),
    client: (id) => key(`clients/${id}`),
    clients: key("clients/"),
    /** One install at a time, in whichever tab. */
    lock: name("install"),
  };
}
