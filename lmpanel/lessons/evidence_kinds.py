"""The kinds of evidence that a lesson may capture, each with what its button says, in English."""

from lmpanel.wording import later

KINDS = {
    "distribution": later("The distribution"),
    "sampling": later("The distribution before and after the filters"),
    "sum": later("The sum of the selected tokens"),
    "attempt": later("This response with its cost"),
    "attempts": later("The table of attempts"),
    "curve": later("The curve's numbers"),
    "document": later("The document"),
    "tutorial": later("The losses of the four tokens"),
    "game": later("The rounds played"),
    "ladder": later("The models beside each other"),
}
