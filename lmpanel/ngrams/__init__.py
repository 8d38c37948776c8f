"""N-gram models: what language models were before networks, counted in the browser.

`counts` counts, `smoothing` turns counts into probabilities, `engine` gives them the interface of
the transformer, `corpus` cuts and reads the text, `ladder` trains all of them at once.
"""
