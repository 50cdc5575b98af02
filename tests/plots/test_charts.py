"""Charts: what they draw, not how many pixels."""

import pandas as pd

from facekit.plots import charts


def test_overlaps_mark_the_median():
    ax = charts.overlaps([0.7, 0.8, 0.95])
    assert sum(bar.get_height() for bar in ax.patches) == 3
    assert ax.get_lines()[0].get_xdata()[0] == 0.8


def test_balance_draws_both_groups():
    table = pd.DataFrame(
        {
            "Male": [True, True, False, False],
            "Smiling": [True, False, True, True],
            "identity": [1, 2, 3, 4],
        }
    )
    women, men = charts.balance(table, names=("women", "men")).get_lines()
    assert (women.get_xdata()[0], men.get_xdata()[0]) == (1.0, 0.5) and list(women.get_ydata()) == [
        "Smiling"
    ]
