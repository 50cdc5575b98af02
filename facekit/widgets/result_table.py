"""A table as a widget; `widgets` hands it on."""

import base64
from html import escape

import ipywidgets as ui
import pandas as pd

from .controls import WIDE


class ResultTable(ui.VBox):
    """A table to sort, to filter and to take home; the best value of the sorted column stands in bold.

    Parameters
    ----------
    table : DataFrame
    caption : str

    Attributes
    ----------
    by, descending, containing, best : ipywidgets controls
        The column to sort by (none: the table's own order); the direction; a text that a row must contain, in any cell, case ignored; and
        whether the lowest or the highest value of that column is the best.
    shown : DataFrame
        The rows that are shown, in their order.
    csv, latex : str
        What the two links save.
    """

    def __init__(self, table, caption=""):
        self.table, self.caption = (
            table
            if isinstance(table.index, pd.RangeIndex) and not table.index.name
            else table.reset_index(),
            caption,
        )
        self.by = ui.Dropdown(
            options=[("as it is", None), *((str(name), name) for name in self.table)],
            description="sort by",
            **WIDE,
        )
        self.descending = ui.Checkbox(False, description="largest first")
        self.containing = ui.Text("", description="rows with", **WIDE)
        self.best = ui.Dropdown(options=["none", "lowest", "highest"], description="best", **WIDE)
        self.view, self.links = ui.HTML(), ui.HTML()
        controls = [self.by, self.descending, self.containing, self.best]
        for control in controls:
            control.observe(self._show, "value")
        super().__init__([*controls, self.view, self.links])
        self._show()

    def _show(self, change=None):
        by, text = self.by.value, self.containing.value.lower()
        table = (
            self.table
            if by is None
            else self.table.sort_values(by, ascending=not self.descending.value, kind="stable")
        )
        self.shown = (
            table[table.astype(str).apply(lambda row: text in " ".join(row).lower(), axis=1)]
            if text
            else table
        )
        self.csv, self.latex = (
            self.shown.to_csv(index=False),
            self.shown.to_latex(index=False, escape=True, caption=self.caption or None),
        )
        self.view.value = self._html()
        self.links.value = " · ".join(
            f'<a download="table.{suffix}" href="data:text/plain;base64,{base64.b64encode(content.encode()).decode()}">save as {name}</a>'
            for name, suffix, content in (("CSV", "csv", self.csv), ("LaTeX", "tex", self.latex))
        )

    def _html(self):
        numbers = set(self.shown.select_dtypes("number"))
        wanted = None
        if self.best.value != "none" and self.by.value in numbers and len(self.shown):
            column = self.shown[self.by.value]
            wanted = column.min() if self.best.value == "lowest" else column.max()

        def cell(name, value, tag="td"):
            words = escape(f"{value:g}" if isinstance(value, float) else str(value))
            words = (
                f"<b>{words}</b>"
                if tag == "td" and wanted is not None and name == self.by.value and value == wanted
                else words
            )
            return f'<{tag} style="padding: 2px 10px; text-align: {"right" if name in numbers else "left"}">{words}</{tag}>'

        head = "".join(cell(name, name, "th") for name in self.shown)
        body = "".join(
            f"<tr>{''.join(cell(name, value) for name, value in row.items())}</tr>"
            for _, row in self.shown.iterrows()
        )
        return f"<table><caption>{escape(self.caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _repr_mimebundle_(self, **options):
        return super()._repr_mimebundle_(**options) | {
            "text/html": self._html(),
            "text/plain": self.shown.to_string(index=False),
        }
