"""The kinds of evidence that a lesson may capture, each with what its button says."""

KINDS = {
    "distribution": "The distribution",
    "sampling": "The distribution before and after the filters",
    "sum": "The sum of the selected tokens",
    "attempt": "This response with its cost",
    "attempts": "The table of attempts",
    "curve": "The curve's numbers",
    "document": "The document",
    "tutorial": "The losses of the four tokens",
    "game": "The rounds played",
    "ladder": "The models beside each other",
}
