"""The sum written out, also when it has more terms than anybody reads."""

from lmpanel.scoring import written_sum


def test_a_long_sum_says_how_many_terms_it_leaves_out():
    text = written_sum([0.5] * 250)
    assert text.endswith("+ … (150 more) … + 0.500 = 125.000 bits")
    assert text.count("0.500") == 100


def test_a_hundred_terms_are_all_written():
    assert written_sum([1.0] * 100).count("1.000 ") == 100
