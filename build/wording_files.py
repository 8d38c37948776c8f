"""What the interface says, parted into one file for each language.

Reads the one table of all texts, which has a row for each English text; the page fetches only the
language that it speaks (site/components/wording.js).
"""

from __future__ import annotations

import json
from pathlib import Path


def write_wording(table: Path, folder: Path) -> None:
    """Write LANGUAGE.json into `folder` for every language of `table`: English text, translation.

    A text that a language says as English does is left out.
    """
    rows = json.loads(table.read_text(encoding="utf-8"))
    for language in sorted({language for row in rows.values() for language in row}):
        said = {text: row[language] for text, row in rows.items() if row[language] != text}
        path = folder / f"{language}.json"
        path.write_text(json.dumps(said, ensure_ascii=False, separators=(",", ":")),
                        encoding="utf-8")
