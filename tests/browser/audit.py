"""Judges what a page shows: axe-core's rules, sizes, and that nothing is cut off.

axe-core comes into the page by the browser's protocol, past the page's content policy, and looks into
shadow roots by itself.
"""

from __future__ import annotations

from playwright.sync_api import Frame, Page

from support.places import place

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async ([tags, only]) => {
    const options = only ? { runOnly: only }
        : { runOnly: tags, rules: { "target-size": { enabled: true } } };
    const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"] });
    const told = (node) => `${node.target.flat().join(" ")}: ${node.html.slice(0, 160)} | ${
        [...node.any, ...node.all, ...node.none].map(({ message }) => message).join("; ").slice(0, 240)}`;
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${told(node)}`));
}"""
CUT_OFF = """() => {
    const found = [];
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth) found.push(`the page is ${page.scrollWidth} wide`);
    const walk = (node) => {
        for (const element of node.children) {
            if (!element.checkVisibility()) continue;
            if (element.shadowRoot) walk(element.shadowRoot);
            walk(element);
            const box = element.getBoundingClientRect();
            const { overflowX, position, textOverflow } = getComputedStyle(element);
            if (element.matches(".sr, .sr *, input, select, textarea, option, svg *") || !box.width) continue;
            const cut = ["hidden", "clip"].includes(overflowX) && element.scrollWidth > element.clientWidth + 1
                && textOverflow !== "ellipsis";
            if (cut) found.push(`cut off: ${element.localName}.${element.className} ${element.scrollWidth} > ${element.clientWidth}`);
        }
    };
    walk(document.body);
    return found;
}"""


def judged(page: Page | Frame, only: list[str] | None = None) -> list[str]:
    """What axe-core finds wrong, one line for each element; `only` some of its rules."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(place("LMPANEL_AXE").read_text(encoding="utf-8") + "; 0")
    return page.evaluate(RUN, [RULES, only])


def cut_off(page: Page | Frame) -> list[str]:
    """What is wider than its place, without being scrollable there."""
    return page.evaluate(CUT_OFF)
