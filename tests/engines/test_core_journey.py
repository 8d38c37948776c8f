"""The core of the lab in Firefox and in WebKit: what a student does first, with the real model.

At the end the server is stopped, and the page is opened again from what the browser has stored.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_browser import RemoteBrowser

from http_server import SiteServer

LEFT = "\ue012"

# Parts of the page, also inside shadow roots, and waiting for a state of it.
PAGE = """
    const all = (root) => [...root.querySelectorAll("*")].flatMap(
        (element) => [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])]);
    const found = (slot, selector) => all(document.querySelector(`#slot-${slot} .live`) ?? document)
        .filter((element) => element.matches(selector));
    const text = (element) => element.textContent.replace(/\\s+/g, " ").trim();
    const until = async (state) => {
        let it;
        while (!(it = state())) await new Promise((done) => setTimeout(done, 30));
        return it;
    };
    const strip = () => found("token_strip", ".t").map(text);
    const settled = async () => {
        await lmpanel.setState(await lmpanel.getState());
        await until(() => !found("lens", ".next.busy").length);
    };
"""
LOAD = PAGE + """
    const { dataset } = document.documentElement;
    dataset.errors = "";
    addEventListener("error", ({ message }) => { dataset.errors += message; });
    addEventListener("unhandledrejection", ({ reason }) => { dataset.errors += reason; });
    await until(() => globalThis.lmpanel);
    const ready = await lmpanel.ready;
    await until(() => !document.querySelector("[data-recorded]"));
    await settled();
    return { ...ready, chip: text(document.getElementById("chip")), tokens: strip() };
"""
PICK = PAGE + """
    const before = strip().length;
    const first = found("lens", ".candidates tbody button.token")[0];
    const name = text(first);
    first.click();
    await until(() => strip().length > before);
    await settled();
    return { name, last: strip().at(-1) };
"""
WRITE = PAGE + """
    const { settings, ...state } = await lmpanel.getState();
    await lmpanel.setState({ ...state, settings: { ...settings, max_tokens: 12 } });
    const ids = (await lmpanel.getState()).ids;
    const button = (name) => found("controls", "button").find((one) => text(one) === name);
    button("Generate response").click();
    const told = () => found("controls", "[role=status]").map(text).join();
    await until(() => told().includes("12 tokens"));
    await until(() => button("Generate response"));
    await settled();
    const written = (await lmpanel.getState()).ids;
    const plain = await lmpanel.generate({ ids }, { max_tokens: 12 });
    return { begun: ids, written, plain: plain.ids, shown: strip().length };
"""
LAST_TOKEN = PAGE + """
    const last = found("token_strip", ".t").at(-1);
    last.scrollIntoView({ block: "center" });
    const { x, y, width, height } = last.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
"""
BITS = PAGE + """
    const total = () => found("lens", "[data-total]")[0];
    await until(() => total()?.closest(".title").textContent.startsWith("3 tokens carry"));
    const { ids } = await lmpanel.getState();
    const { tokens } = await lmpanel.score({ ids });
    return { shown: Number(total().dataset.total), tokens: tokens.slice(-3).map(({ bits }) => bits),
             errors: document.documentElement.dataset.errors,
             notices: text(document.getElementById("notices")) };
"""
NEXT = 'return (await lmpanel.next({ text: "One, two," })).candidates;'
STORED = PAGE + """
    const mark = document.getElementById("offline-mark");
    await until(() => text(mark) === "✓ works offline");
    return lmpanel.status();
"""


def test_load_predict_write_add_up_bits_and_reload_offline(
        remote: RemoteBrowser, dist: Path, compressed: Path) -> None:
    with SiteServer(dist, compressed=compressed).running() as server:
        address = f"{server.url}index.html?backend=wasm"
        work(remote, address)
        online = remote.run(NEXT)
        status = remote.run(STORED)
        assert status["offline_ready"] and status["stored_bytes"] > 100e6
    remote.go(address)
    loaded = remote.run(LOAD)
    assert loaded["verified"] and len(loaded["tokens"]) > 30
    assert remote.run(NEXT) == online


def work(remote: RemoteBrowser, address: str) -> None:
    """Predict, pick, write and select, and compare with what scripts are told."""
    remote.go(address)
    loaded = remote.run(LOAD)
    assert (loaded["backend"], loaded["verified"]) == ("wasm", True)
    assert "SmolLM2" in loaded["chip"] and len(loaded["tokens"]) > 30

    picked = remote.run(PICK)
    assert picked["last"].strip() == picked["name"].strip() != ""

    wrote = remote.run(WRITE)
    assert wrote["written"] == [*wrote["begun"], *wrote["plain"]]
    assert wrote["shown"] == len(wrote["written"]) and len(wrote["plain"]) == 12

    remote.click(*remote.run(LAST_TOKEN))
    for _ in range(2):
        remote.press(LEFT, shift=True)
    bits = remote.run(BITS)
    assert bits["shown"] == pytest.approx(sum(bits["tokens"]), abs=1e-3)
    assert bits["errors"] == "" and bits["notices"] == ""
