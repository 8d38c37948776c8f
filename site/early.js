/*
 * What has to be known before the first paint: embedded or not, the theme, and the language: what the address
 * says, else what was chosen in this browser, else English, in which the lessons are.  A plain script, since modules
 * come later, and not at all where the host gives a frame without an origin no leave to read them: then it
 * says so.
 */
{
  const query = new URLSearchParams(location.search);
  const root = document.documentElement;
  const sheet = (href) => Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  if (query.get("embed") === "1") {
    root.dataset.embed = "";
    document.head.append(sheet("embed.css"));
  }
  const theme = query.get("theme");
  if (theme === "light" || theme === "dark") {
    root.dataset.theme = theme;
    document.querySelector("meta[name=color-scheme]").content = theme;
    document.getElementById("dark").media = theme === "dark" ? "screen" : "not all";
  }
  const known = /^(en|es|fr|de|pt)$/;
  const chosen = () => { try { return localStorage.getItem(`lmpanel:${new URL(".", document.baseURI).pathname}:language`); } catch { return null; } };
  root.lang = [query.get("lang"), chosen()].find((language) => known.test(language)) ?? "en";
  if (root.lang !== "en") document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "fetch", crossOrigin: "anonymous", href: `wording/${root.lang}.json` }));
  addEventListener("error", ({ target }) => {
    if (target?.localName === "script") document.getElementById("cannot-start").hidden = false;
  }, true);
}
