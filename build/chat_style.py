"""Finds out whether a chat template is plain ChatML, by rendering it.

The browser has no Jinja. A template is called "chatml" only when it renders sample conversations
to exactly the text that ChatML defines; its default system prompt is read off the same way.
Knows Jinja; knows nothing about the rest of the model.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

Message = dict[str, str]

SAMPLES: tuple[list[Message], ...] = (
    [{"role": "user", "content": "Hi"}],
    [{"role": "user", "content": " spaces \n"}, {"role": "assistant", "content": "Yes.\n"},
     {"role": "user", "content": "<|im_end|>{{ 1 }}"}],
    [{"role": "user", "content": ""}, {"role": "assistant", "content": ""}],
)


def chat_entry(template: str | None, bos: str = "", eos: str = "") -> dict[str, Any]:
    """The "chat" entry of model.json: template, style ("chatml" or None), default system prompt.

    >>> turns = "{% for m in messages %}<|im_start|>{{ m.role }}\\n{{ m.content }}<|im_end|>\\n"
    >>> entry = chat_entry(turns + "{% endfor %}"
    ...     "{% if add_generation_prompt %}<|im_start|>assistant\\n{% endif %}")
    >>> entry["style"], entry["default_system"]
    ('chatml', None)
    """
    style, system = None, None
    if template:
        # A template is a program and may fail in any way on conversations it does not allow.
        with suppress(Exception):
            style, system = _recognise(template, bos, eos)
    return {"template": template, "style": style, "default_system": system}


def chatml(messages: list[Message], prompt: bool, default_system: str | None) -> str:
    """ChatML text of a conversation, ended by an open assistant turn when `prompt` is set."""
    turns = list(messages)
    if default_system is not None and turns[0]["role"] != "system":
        turns.insert(0, {"role": "system", "content": default_system})
    text = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in turns)
    return text + ("<|im_start|>assistant\n" if prompt else "")


def _recognise(template: str, bos: str, eos: str) -> tuple[str | None, str | None]:
    # trim_blocks and lstrip_blocks are what chat templates are written for.
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    compiled = environment.from_string(template)

    def render(messages: list[Message], prompt: bool) -> str:
        return compiled.render(messages=messages, add_generation_prompt=prompt, bos_token=bos,
                               eos_token=eos)

    system = _default_system(render(SAMPLES[0], False))
    with_system = [[{"role": "system", "content": "Be brief."}, *sample] for sample in SAMPLES]
    exact = all(render(sample, prompt) == chatml(sample, prompt, system)
                for sample in (*SAMPLES, *with_system) for prompt in (False, True))
    return ("chatml", system) if exact else (None, None)


def _default_system(rendered: str) -> str | None:
    """The system prompt that a template puts before a conversation that has none."""
    start, end = "<|im_start|>system\n", "<|im_end|>\n"
    if not rendered.startswith(start) or end not in rendered:
        return None
    return rendered[len(start):].split(end, 1)[0]
