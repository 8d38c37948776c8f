/*
 * What has to be known before the first paint: embedded or not, and the theme.  A plain script, since modules
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
  addEventListener("error", ({ target }) => {
    if (target?.localName === "script") document.getElementById("cannot-start").hidden = false;
  }, true);
}
