"""Figures for whoever watches over the gateway."""

from lumbar_gateway.figures import RowAges


def test_age_of_the_oldest_row_counts_from_the_first_look_that_saw_it() -> None:
    ages = RowAges()
    assert ages.age_s(100.0, 1, 10) == 0.0
    assert ages.age_s(115.0, 1, 20) == 15.0
    assert ages.age_s(130.0, 5, 30) == 30.0  # rows up to 10 were there at 100
    assert ages.age_s(145.0, 11, 40) == 30.0  # 11 was first seen at 115
    assert ages.age_s(160.0, 41, 50) == 0.0
