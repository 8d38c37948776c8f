"""A GGUF that cannot be converted exactly is refused, by name and with a remedy."""

import numpy as np
import pytest
from tiny_gguf import HIDDEN, write_tiny

from convert import convert, main
from lmpanel.errors import BadModel

KEYS = "llama."


def bias(writer):
    writer.add_tensor("blk.0.attn_q.bias", np.zeros(HIDDEN, np.float32))


def rope_factors(writer):
    writer.add_tensor("rope_freqs.weight", np.ones(8, np.float32))


REFUSED = [
    ({"architecture": "gpt2"}, "unsupported_architecture", "gpt2"),
    ({"change": lambda w: w.add_expert_count(8)}, "unsupported_architecture", "experts"),
    ({"change": lambda w: w.add_string(KEYS + "rope.scaling.type", "yarn")},
     "unsupported_architecture", "yarn"),
    ({"change": lambda w: w.add_uint32(KEYS + "rope.dimension_count", 8)},
     "unsupported_architecture", "rope.dimension_count"),
    ({"change": rope_factors}, "unsupported_architecture", "rope_freqs.weight"),
    ({"change": bias}, "unsupported_tensor", "blk.0.attn_q.bias"),
    ({"kinds": {"blk.1.ffn_up.weight": "Q5_0"}}, "unsupported_tensor", "Q5_0"),
    ({"kinds": {"token_embd.weight": "BF16"}}, "unsupported_tensor", "token_embd.weight"),
    ({"tokenizer": "llama"}, "unsupported_tokenizer", "SentencePiece"),
    ({"pre": "llama-bpe"}, "unsupported_tokenizer", "llama-bpe"),
    ({"pre": None}, "unsupported_tokenizer", "default"),
]


@pytest.mark.parametrize(("options", "code", "named"), REFUSED, ids=[row[2] for row in REFUSED])
def test_refusal_names_the_problem(tmp_path, options, code, named):
    gguf = write_tiny(tmp_path / "tiny.gguf", **options)
    with pytest.raises(BadModel) as refusal:
        convert(gguf, tmp_path / "out")
    assert refusal.value.code == code
    assert named in refusal.value.message
    assert refusal.value.remedy
    assert not (tmp_path / "out" / "model.json").exists()


def test_damaged_file(tmp_path):
    gguf = write_tiny(tmp_path / "tiny.gguf", "Q8_0")
    gguf.write_bytes(gguf.read_bytes()[:9000])
    with pytest.raises(BadModel, match="cannot be read as GGUF"):
        convert(gguf, tmp_path / "out")


def test_command_prints_the_message(tmp_path, capsys):
    assert main([str(tmp_path / "missing.gguf"), str(tmp_path / "out")]) == 1
    assert "There is no file" in capsys.readouterr().err
    assert main([]) == 2
