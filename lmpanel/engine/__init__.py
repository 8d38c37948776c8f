"""Doors to the neural network: one interface (`base`), several engines behind it.

`fake` is for tests, `native` runs on CPython, `browser` talks to the engine worker of the page.
Nothing is imported here, so that no engine pulls in another's requirements.
"""
