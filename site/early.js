/*
 * What has to be known before the first paint: embedded or not, the theme, and the language: what the address
 * says, else what was chosen in this browser, else English, in which the lessons are.  A plain script, since modules
 * come later, and not at all where the host gives a frame without an origin no leave to read them: then it
 * says so.
 */
{
  const query = new URLSearchParams(location.search);
  const root = document.documentElement;
  const add = (fields) => document.head.append(Object.assign(document.createElement("link"), fields));
  const ahead = (href) => add({ rel: "preload", as: "fetch", crossOrigin: "anonymous", href });
  if (query.get("embed") === "1") {
    root.dataset.embed = "";
    add({ rel: "stylesheet", href: "embed.css" });
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
  if (root.lang !== "en") ahead(`wording/${root.lang}.json`);
  if (!query.get("text")) ahead("recorded.json");
  addEventListener("error", ({ target }) => {
    if (target?.localName === "script") document.getElementById("cannot-start").hidden = false;
  }, true);
}
