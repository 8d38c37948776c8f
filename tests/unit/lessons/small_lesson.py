"""A lesson of three steps with everything that the tests of playing one need."""

from __future__ import annotations

LESSON = """---
title: T
minutes: 5
---
## One
::: setup
user: Hi
reply: Hello you
temperature: 0.5
:::
::: ask sum
question: 1+1?
type: number
answer: 2
tolerance: 0.1
hint: Count.
:::
::: ask free
question: Why?
:::
::: notice
See.
:::
## Two
::: setup
raw: a b c
select: all
tab: surprise
:::
::: check cold
task: Be cold
temperature: 0
selected tokens: >= 1
:::
::: capture span
what: sum
:::
::: ask bits
question: How many?
type: number
answer: measured selection bits
tolerance: 0.01
:::
## Three
The end.
"""
