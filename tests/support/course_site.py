"""A course page on another origin than the site it embeds, and what its scripts hear."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import FrameLocator, Page

from http_server import SiteServer

SAMPLES = Path(__file__).parents[2] / "site" / "samples"
HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'
_HEAR = """if (self === top) {
    const heard = globalThis.heard = [];
    addEventListener("message", ({ data }) => {
        heard.push(typeof data === "string" ? JSON.parse(data) : data);
    });
}"""


class CourseSite:
    """A folder of pages with a server of its own; `site` is the address of lmpanel."""

    def __init__(self, folder: Path, server: SiteServer, site: str):
        self.folder = folder
        self.url = server.url
        self.site = site

    @property
    def origin(self) -> str:
        """As browsers write it."""
        return self.url.rstrip("/")

    def write(self, name: str, body: str) -> str:
        """A page; returns its address."""
        (self.folder / name).write_text(f"{HEAD}<title>Course</title>{body}", encoding="utf-8")
        return self.url + name

    def element(self, attributes: str) -> str:
        """The markup of <lm-explorer>."""
        return (f'<script type="module" src="{self.site}lm-explorer.js"></script>'
                f"<lm-explorer {attributes}></lm-explorer>")

    def sample(self, name: str) -> str:
        """A sample page with the address of lmpanel, as an author would change it."""
        text = (SAMPLES / name).read_text(encoding="utf-8")
        text = text.replace("../lm-explorer.js", f"{self.site}lm-explorer.js")
        (self.folder / name).write_text(text.replace("LMPANEL/", self.site), encoding="utf-8")
        (self.folder / "plain.js").write_bytes((SAMPLES / "plain.js").read_bytes())
        (self.folder / "favicon.ico").touch()
        return self.url + name

    def book(self, work: Path) -> str:
        """The MyST sample built by Sphinx as a book's page; returns its address."""
        self.sample("myst.md")
        work.mkdir()
        text = (self.folder / "myst.md").read_text(encoding="utf-8")
        (work / "index.md").write_text(text, encoding="utf-8")
        (work / "conf.py").write_text('project = "Course"\nextensions = ["myst_parser"]\n')
        command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", work, self.folder / "book"]
        subprocess.run(command, check=True, timeout=120)
        return f"{self.url}book/index.html"


class CoursePage:
    """The course page in a browser, with the element or frame in it."""

    def __init__(self, page: Page):
        self.page = page
        page.add_init_script(_HEAR)

    def open(self, address: str) -> CoursePage:
        self.page.goto(address)
        return self

    @property
    def inside(self) -> FrameLocator:
        """What the frame shows."""
        return self.page.frame_locator("iframe").first

    def call(self, method: str, *arguments: object) -> object:
        """A method of the element; an error comes back as {code, message}."""
        return self.page.evaluate(
            """async ([method, given]) => {
                await customElements.whenDefined("lm-explorer");
                try { return await document.querySelector("lm-explorer")[method](...given); }
                catch ({ code, message }) { return { code, message }; }
            }""", [method, list(arguments)])

    def heard(self, kind: str) -> list[dict]:
        """Messages of a type (or an LTI subject) so far."""
        return self.page.evaluate(
            "(kind) => heard.filter(({ type, subject }) => (type ?? subject) === kind)", kind)

    def heights(self) -> tuple[float, float]:
        """Of the frame, and of the page in it."""
        frame = self.page.locator("iframe").first.bounding_box()["height"]
        return frame, self.inside.locator("body").evaluate(
            "(body) => Math.ceil(body.getBoundingClientRect().height)")
