/**
 * The one place where an address becomes code of the page.  The content policy takes no plain text as the
 * address of a script or worker (Trusted Types); what this file lets through is of this site.
 */

const HOME = new URL(".", import.meta.url).href;

/** Whether an address is one of this site's files, or a text of this page. */
const isOwn = (address) => address.startsWith(HOME) || address.startsWith("blob:");

const rules = {
  createScriptURL(address) {
    if (!isOwn(address)) throw new TypeError(`${address.slice(0, 80)} is not a script of this site.`);
    return address;
  },
};
const policy = globalThis.trustedTypes?.createPolicy("lmpanel", rules) ?? rules;

/** The address of a script of this site, as the browser takes it. @param {string|URL} url */
export const ownScript = (url) => policy.createScriptURL(String(url));

// Libraries that write markup write text from now on, whatever it holds.  lmpanel itself writes none, and of
// Bokeh's and jQuery's attempts none has a use here.
globalThis.trustedTypes?.createPolicy("default", { createHTML: (markup) => markup.replaceAll("<", "&lt;") });
