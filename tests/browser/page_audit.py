"""Judges what a page shows: axe-core's rules, what is cut off, what moves, where the focus is.

axe-core comes into the page by the browser's protocol, past the page's content policy, and looks
into shadow roots by itself.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from support.places import place

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
JUDGE = """async ([tags, only, within]) => {
    const options = only ? { runOnly: only } : { runOnly: tags };
    const rules = only ? {} : { "target-size": { enabled: true } };
    const { violations } = await axe.run(within ?? document,
                                         { ...options, rules, resultTypes: ["violations"] });
    const told = ({ target, html, any, all, none }) => [target.flat().join(" "), html.slice(0, 200),
        ...[...any, ...all, ...none].map(({ message }) => message)].join(" | ");
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${told(node)}`));
}"""
LOOK = """() => {
    const found = [];
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth) found.push(`the page is ${page.scrollWidth} wide`);
    const look = (element) => {
        const name = `${element.localName}.${element.className}`;
        const style = getComputedStyle(element);
        if (style.transitionDuration !== "0s" || style.animationName !== "none")
            found.push(`${name} moves`);
        const { left, right, width } = element.getBoundingClientRect();
        if (element.matches(".menu-box, dialog, [popover]")
            && (left < -1 || right > page.clientWidth + 1)) found.push(`${name} leaves the page`);
        // In the strip of probabilities words have what room there is, and on phones the header has
        // only the sign of the offline mark: the table and the menu have the words too.
        const scrolls = "input, textarea, select, option, svg *";
        const free = `.sr, .sr *, h1, ${scrolls}, .cum span, #offline-mark`;
        if (!width || element.matches(free)) return;
        if (["hidden", "clip"].includes(style.overflowX) && style.textOverflow !== "ellipsis"
            && element.scrollWidth > element.clientWidth + 1) found.push(`${name} is cut off`);
    };
    const walk = (node) => {
        for (const element of node.children) {
            if (!element.checkVisibility()) continue;
            look(element);
            if (element.shadowRoot) walk(element.shadowRoot);
            walk(element);
        }
    };
    walk(document.body);
    return found;
}"""
FOCUS = """() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const { left, top, right, bottom, width } = element.getBoundingClientRect();
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    // A control that is drawn by what is around it shows the focus there.
    const around = element.matches("label input") && getComputedStyle(element.closest("label"));
    const drawn = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    return {
        tag: element.localName,
        seen: drawn({ outlineStyle, outlineWidth }) || (around && drawn(around)),
        inView: width > 0 && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight,
    };
}"""

LISTEN = """() => {
    globalThis.announced = [];
    const spoken = (node) => {
        const region = node.closest?.("[role=status], [role=alert], [aria-live]")
            ?? node.parentElement?.closest("[role=status], [role=alert], [aria-live]");
        return region && region.getAttribute("aria-live") !== "off" && region.checkVisibility()
            ? region : null;
    };
    const hear = (records) => {
        const regions = new Set(records.map(({ target }) => spoken(target)).filter(Boolean));
        for (const region of regions)
            if (region.textContent.trim()) announced.push(region.textContent.trim());
    };
    const listen = (root) => {
        new MutationObserver(hear).observe(root,
            { subtree: true, childList: true, characterData: true });
        for (const element of root.querySelectorAll("*"))
            if (element.shadowRoot) listen(element.shadowRoot);
    };
    listen(document);
}"""


def judged(page: Page, only: list[str] | None = None, within: str | None = None) -> list[str]:
    """What axe-core finds wrong, one line for each element.

    `only`: some of its rules; `within`: a part of the page, as a selector.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(place("LMPANEL_AXE").read_text(encoding="utf-8") + "; 0")
    return page.evaluate(JUDGE, [RULES, only, within])


def faults_of_layout(page: Page) -> list[str]:
    """What is wider than its place without being scrollable there, and what is set to move."""
    return page.evaluate(LOOK)


def focus(page: Page) -> dict[str, Any]:
    """`{tag, seen, inView}` of what has the focus; seen: it is outlined."""
    return page.evaluate(FOCUS)


def spoken(page: Page) -> str:
    """Role, name and states of what has the focus, as `button "Undo" [disabled]`, or ""."""
    if not page.locator(":focus").count():
        return ""
    told = page.locator(":focus").last.aria_snapshot().splitlines()
    return told[0].removeprefix("- ").strip("'") if told else ""


def announced(page: Page) -> list[str]:
    """What live regions said since the last call; `LISTEN` begins it."""
    return page.evaluate("() => announced.splice(0)")
