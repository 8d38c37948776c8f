/**
 * How the page learns that a worker has ended when nobody says so: the worker holds a Web Lock for
 * as long as it lives, and whoever waits for that lock gets it at the worker's end, whatever the
 * reason. Knows nothing about what the worker does.
 */

/**
 * Hold a lock until this thread ends.
 *
 * @param {string} kind beginning of the lock's name
 * @param {(name: string) => void} held told the name once the lock is held; never where the
 *   browser has no locks or does not give them
 */
export function holdLock(kind, held) {
  const name = `${kind}-${Math.random().toString(36).slice(2)}`;
  const forever = new Promise(() => {});
  const locked = globalThis.navigator?.locks?.request(name, () => {
    held(name);
    return forever;
  });
  locked?.catch(() => {});  // where storage is blocked, and in a frame without an origin, so are locks
}
