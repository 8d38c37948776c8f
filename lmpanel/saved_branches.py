"""The tree of branches as plain JSON and back: what a session file carries of it.

Reading trusts nothing and refuses the whole. Knows nothing about what is shown of a tree.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lmpanel.checks import list_of, one_of, or_none, record, text
from lmpanel.document_tree import NAME_CHARACTERS, DocumentTree, Stop
from lmpanel.errors import BadState
from lmpanel.packed_ids import pack, unpack
from lmpanel.wording import later, t

SAVED = 5000
"""Most branches that a session file holds."""
_UNCHANGED = later("Nothing was changed.")
_SWITCH = one_of(True, False)
_STOP = record(raw=_SWITCH, name=text(NAME_CHARACTERS), pinned=_SWITCH)
_SAVED = record(
    documents=list_of(lambda pair: True, SAVED),
    stops=list_of(or_none(_STOP), SAVED),
)


def saved_branches(tree: DocumentTree) -> dict[str, Any]:
    """Every place where a document was at rest, and what was grown, JSON-able."""
    places = [(tree.ids(run)[:length], stop) for run, length, stop in tree.stops()]
    grown = [run for run in tree.runs() if not run.children and run.stop not in run.marks]
    places += [(tree.ids(run), None) for run in grown]
    places = sorted(places, key=lambda place: place[0])[:SAVED]
    return {
        "documents": pack(ids for ids, _ in places),
        "stops": [stop and asdict(stop) for _, stop in places],
    }


def read_saved_branches(
    value: Any, vocab_size: int, context_length: int
) -> list[tuple[tuple[int, ...], Stop | None]]:
    """The places of `saved_branches`: ids, and the stop, None for what was grown.

    Raises BadState.
    """
    if not _SAVED(value):
        raise BadState(t("The branches in this session are damaged."), t(_UNCHANGED))
    sizes = {"vocab_size": vocab_size, "context_length": context_length}
    documents = unpack(value["documents"], most=SAVED, **sizes)
    if len(documents) != len(value["stops"]):
        raise BadState(t("A branch in this session is without tokens."), t(_UNCHANGED))
    stops = [stop and Stop(**stop) for stop in value["stops"]]
    return list(zip(documents, stops, strict=True))
