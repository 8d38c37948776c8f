"""Taking GGUF blocks apart changes no value: compared with the gguf package, bit for bit."""

import numpy as np
import pytest
from gguf import GGMLQuantizationType
from gguf.quants import dequantize, quantize
from hypothesis import given, settings
from hypothesis import strategies as st

from llama_weights import half_split_order
from weight_blocks import KINDS, from_gguf, stack_rows


@settings(deadline=None, max_examples=25)
@given(kind=st.sampled_from(KINDS), rows=st.integers(1, 5), blocks=st.integers(1, 4),
       seed=st.integers(0, 2**32 - 1), scale=st.sampled_from([1e-4, 1.0, 300.0]))
def test_dequantised_equals_gguf(kind, rows, blocks, seed, scale):
    values = np.random.default_rng(seed).normal(0, scale, (rows, 32 * blocks)).astype(np.float32)
    stored = quantize(values, GGMLQuantizationType[kind.upper()])
    tensor = from_gguf(kind, stored, rows)
    expected = dequantize(stored, GGMLQuantizationType[kind.upper()])
    assert (tensor.rows, tensor.cols) == values.shape
    np.testing.assert_array_equal(tensor.dequantised(), expected)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_move_with_their_scales(kind):
    values = np.random.default_rng(3).normal(size=(6, 64)).astype(np.float32)
    stored = quantize(values, GGMLQuantizationType[kind.upper()])
    tensor = from_gguf(kind, stored, 6)
    order = np.array([5, 0, 3, 1, 2, 4])
    doubled = stack_rows([tensor, tensor.take_rows(order)]).dequantised()
    whole = tensor.dequantised()
    np.testing.assert_array_equal(doubled, np.concatenate([whole, whole[order]]))


def test_rows_are_reordered_within_heads():
    assert half_split_order(2, 4).tolist() == [0, 2, 1, 3, 4, 6, 5, 7]
