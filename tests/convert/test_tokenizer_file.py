"""tokenizer.json is written from the GGUF's own data; chat templates are recognised by use."""

import json

import pytest
from tiny_gguf import CHATML, write_tiny
from tokenizers import Tokenizer

from chat_style import SAMPLES, chat_entry, chatml
from gguf_source import GGUFSource
from lmpanel.tokenizer import Tokenizer as OwnTokenizer
from tokenizer_file import tokenizer_contents


@pytest.mark.parametrize(("pre", "pieces"), [("smollm", ["1", "2"]), ("gpt-2", ["12"])])
def test_digit_rule_follows_the_pre_tokeniser(tmp_path, pre, pieces):
    contents = tokenizer_contents(GGUFSource(write_tiny(tmp_path / "tiny.gguf", pre=pre)))
    tokenizer = Tokenizer.from_str(json.dumps(contents))
    words = tokenizer.pre_tokenizer.pre_tokenize_str("hello12")
    assert [word for word, _ in words] == ["hello", *pieces]


def test_merges_and_special_tokens(tmp_path):
    contents = tokenizer_contents(GGUFSource(write_tiny(tmp_path / "tiny.gguf")))
    text = json.dumps(contents)
    ids = Tokenizer.from_str(text).encode("hello<|im_end|>he").ids
    vocab = contents["model"]["vocab"]
    assert ids == [vocab["hello"], 1, vocab["he"]]
    assert OwnTokenizer.from_json(text).encode("hello<|im_end|>he") == ids


def test_plain_chatml():
    entry = chat_entry(CHATML)
    assert entry == {"template": CHATML, "style": "chatml", "default_system": None}


def test_default_system_prompt_is_discovered():
    template = ("{% if messages[0]['role'] != 'system' %}"
                "<|im_start|>system\nBe kind.<|im_end|>\n{% endif %}" + CHATML)
    entry = chat_entry(template)
    assert (entry["style"], entry["default_system"]) == ("chatml", "Be kind.")
    assert chatml(SAMPLES[0], True, "Be kind.").startswith("<|im_start|>system\nBe kind.<|im_end|>")


@pytest.mark.parametrize("template", [
    CHATML.replace("message['content']", "message['content'] | trim"),
    CHATML.replace("<|im_start|>", "<start_of_turn>"),
    "{{ raise_exception('no') }}",
    "{% for",
])
def test_anything_else_is_not_called_chatml(template):
    assert chat_entry(template) == {"template": template, "style": None, "default_system": None}


def test_model_without_template():
    assert chat_entry(None)["style"] is None
