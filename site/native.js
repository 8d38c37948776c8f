/** The shell when Panel serves the page: the model runs on the server, nothing is loaded here. */
document.getElementById("chip").textContent = "native engine";
document.getElementById("dot").dataset.phase = "ready";
document.getElementById("progress").hidden = true;
