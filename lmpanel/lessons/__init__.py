"""Lessons: read from Markdown files, played step by step, kept as a worksheet.

`file` cuts a file into steps and blocks, `markdown` reads its text, `blocks` its directives, and
`parse` puts them together. `player` plays a lesson with a `tool`; `worksheet` keeps answers and
evidence. Nothing here knows about Panel or the browser. `python -m lmpanel.lessons FILE` checks a
lesson.
"""
