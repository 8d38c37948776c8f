"""The shape of the real model: parts and bytes add up to what the file has."""

from __future__ import annotations

from lmpanel.model_shape import cache_bytes, parts, tables_bytes


def test_parameters_add_up_exactly(model_json):
    found = parts(model_json)
    assert sum(part.parameters for part in found) == model_json["parameters"] == 134_515_008
    sizes = {part.name: (part.rows, part.cols, part.times) for part in found}
    assert sizes["q"] == (576, 576, 30) and sizes["k"] == sizes["v"] == (192, 576, 30)
    assert sizes["down"] == (576, 1536, 30) and sizes["embedding"] == (49152, 576, 1)
    assert "output" not in sizes, "it is the embedding once more"


def test_bytes_add_up_to_the_file(model_json):
    stored = sum(part.stored for part in parts(model_json))
    assert stored + tables_bytes(model_json) == model_json["weights"]["bytes"]
    # Cosines and sines of every position, and at most 63 bytes behind each section.
    tables = 2 * 4 * model_json["context_length"] * model_json["head_dim"] // 2
    assert 0 <= tables_bytes(model_json) - tables < 64 * 3 * len(model_json["tensors"])
    by_kind = {part.name: part.stored * 8 / part.parameters for part in parts(model_json)}
    assert by_kind["gate"] == 5 and by_kind["embedding"] == 8.5 and by_kind["output_norm"] == 32


def test_keys_and_values_of_a_token(model_json):
    assert cache_bytes(model_json) == 2 * 30 * 3 * 64 * 4


def test_parts_stored_apart_and_an_output_matrix_of_its_own():
    def tensor(name, rows, cols):
        return {"name": name, "kind": "f32", "rows": rows, "cols": cols,
                "codes": [0, 4 * rows * cols], "scales": None, "mins": None}

    rows = {"attn_norm": 1, "q": 4, "k": 2, "v": 2, "o": 4, "ffn_norm": 1, "gate_up": 12, "down": 4}
    cols = dict.fromkeys(rows, 4) | {"down": 6}
    layer = [tensor(f"blk.0.{name}", rows[name], cols[name]) for name in rows]
    tensors = [tensor("token_embd", 10, 4), *layer, tensor("output_norm", 1, 4),
               tensor("output", 10, 4)]
    total = sum(t["rows"] * t["cols"] for t in tensors)
    model = {"layers": 1, "hidden": 4, "heads": 2, "kv_heads": 1, "head_dim": 2, "ffn": 6,
             "tensors": tensors, "weights": {"bytes": 4 * total}}
    found = parts(model)
    assert sum(part.parameters for part in found) == total and tables_bytes(model) == 0
    assert [part.name for part in found][-2:] == ["output_norm", "output"]
