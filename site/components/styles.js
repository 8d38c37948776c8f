/**
 * Styles that every component shares: type, buttons, fields.  Colours come from custom properties
 * that `shell.css` sets on the page; they reach into shadow roots.
 */
import { css } from "./dom.js";

export const shared = css`
  /* Important, because Bokeh sets the font family of everything inside its roots. */
  :host { display: block; flex: 1 1 auto; min-height: 0; color: var(--ink); font: var(--font) !important; text-align: start; }
  *, *::before, *::after { box-sizing: border-box; }
  [hidden] { display: none !important; }
  h2, h3, p, ol, ul { margin: 0; padding: 0; }
  h2 { font-size: 0.875rem; font-weight: 600; color: var(--muted); letter-spacing: 0; }
  button, select, input, textarea { font: inherit; color: inherit; }
  button { cursor: pointer; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  .button { min-height: 38px; padding: 6px 14px; border: 1px solid var(--edge); border-radius: 9px; background: var(--card); }
  .button:hover:not([aria-disabled="true"]) { background: var(--hover); }
  .button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
  .button.primary:hover:not([aria-disabled="true"]) { background: var(--accent-strong); }
  .button[aria-disabled="true"] { color: var(--muted); background: var(--card); border-color: var(--line); cursor: default; font-weight: inherit; }
  .quiet { min-height: 28px; padding: 2px 8px; border: 0; border-radius: 7px; background: none; color: var(--muted); }
  .quiet:hover:not([aria-disabled="true"]) { background: var(--hover); color: var(--ink); }
  .quiet[aria-disabled="true"] { opacity: 0.55; cursor: default; }
  .field { min-height: 36px; padding: 6px 10px; border: 1px solid var(--edge); border-radius: 8px; background: var(--field); }
  .field::placeholder { color: var(--muted); opacity: 1; }
  select.field { min-height: 30px; padding: 2px 6px; }
  textarea.field { display: block; width: 100%; resize: vertical; line-height: 1.5; }
  .segmented { display: inline-flex; border: 1px solid var(--edge); border-radius: 9px; padding: 2px; gap: 2px; }
  .segmented button { border: 0; background: none; border-radius: 7px; padding: 3px 10px; min-height: 28px; color: var(--muted); }
  .segmented button[aria-pressed="true"] { background: var(--accent-soft); color: var(--accent); font-weight: 600; }
  .muted { color: var(--muted); }
  .small { font-size: 0.84rem; }
  .number { font-variant-numeric: tabular-nums; }
  .row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
  .stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px; } .tight { gap: 6px; }
  .sums { width: 100%; border-collapse: collapse; margin-top: 8px; }
  .sums th { font-weight: 500; font-size: 0.78rem; color: var(--muted); text-align: right; padding: 4px 6px; }
  .sums tbody th { font-size: inherit; color: var(--ink); }
  .sums td { text-align: right; padding: 4px 6px; border-top: 1px solid var(--line); } .sums tbody th { border-top: 1px solid var(--line); }
  .sums thead td { border: 0; }
  .sums .left { text-align: left; white-space: pre-wrap; overflow-wrap: anywhere; } .sums th.left { overflow-wrap: break-word; hyphens: auto; }
  @media (max-width: 30em) { .sums { font-size: 0.84rem; } .sums td, .sums th { padding-left: 3px; padding-right: 3px; } .sums thead th { font-size: 0.72rem; } }
  .spring { margin-left: auto; }
  .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  /* What a lesson points at, hides and locks, see lesson_marks.js. */
  [data-ring], :host([data-ring]) { outline: 3px solid var(--ring) !important; outline-offset: 3px; border-radius: 6px; } [role="tab"][data-ring] { outline-offset: -3px; } [data-off], :host([data-off]) { display: none !important; } [data-locked], :host([data-locked]) { opacity: 0.55; cursor: not-allowed; }
  /* Words of the glossary: as quiet as what stands around them, and large enough to be hit. */
  .term { display: inline-block; min-width: 24px; min-height: 24px; padding: 0; margin: -4px 0; border: 0; border-radius: 3px; background: none; font: inherit; color: inherit; text-align: inherit; white-space: inherit; text-decoration: underline dotted var(--edge) 1.5px; text-underline-offset: 3px; }
  .term:hover { color: var(--accent); text-decoration-color: var(--accent); }
  .picture-menu { display: inline-flex; flex-wrap: wrap; } .picture-menu .opener::after { content: " ▸" / ""; } .picture-menu .opener[aria-expanded="true"]::after { content: " ▾" / ""; }
  @media (forced-colors: active) { [aria-pressed="true"], [aria-pressed="true"] * { forced-color-adjust: none; background: Highlight !important; color: HighlightText !important; } label:has(> :checked) { outline: 2px solid Highlight; } .button.primary:not([aria-disabled="true"]) { forced-color-adjust: none; } }
  .glyph { color: var(--muted); }
  kbd { font: 0.8em var(--mono); border: 1px solid var(--edge); border-radius: 4px; padding: 0 4px; }
`;
