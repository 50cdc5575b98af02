"""A table as a widget."""

from html import escape

import ipywidgets as ui
import numpy as np
import pandas as pd

from .controls import LastingBox, download_link, labelled, observe


class ResultTable(LastingBox):
    """A table to sort, to filter and to save; the best value of the sorted column is bold.

    Parameters
    ----------
    table : DataFrame
    caption : str

    Attributes
    ----------
    by, descending, containing, best : ipywidgets controls
        The column to sort by (none: the table's own order); the direction; a text that a row must
        contain, in any cell, ignoring case; and whether the lowest or the highest value of the
        sorted column is the best.
    shown : DataFrame
        The rows that are shown, in their order.
    csv, latex : str
        What the two links save.
    """

    def __init__(self, table: pd.DataFrame, caption: str = ""):
        numbered = isinstance(table.index, pd.RangeIndex) and not table.index.name
        self.table, self.caption = table if numbered else table.reset_index(), caption
        columns = [("as it is", None), *((str(name), name) for name in self.table)]
        self.by = labelled(ui.Dropdown, "sort by", options=columns)
        self.descending = ui.Checkbox(False, description="largest first")
        self.containing = labelled(ui.Text, "rows with")
        self.best = labelled(ui.Dropdown, "best", options=["none", "lowest", "highest"])
        self.view, self.links = ui.HTML(), ui.HTML()
        controls = [self.by, self.descending, self.containing, self.best]
        super().__init__([*controls, self.view, self.links])
        observe(controls, self._show)
        self._show()

    def _show(self, change: dict | None = None) -> None:
        table, by, text = self.table, self.by.value, self.containing.value.lower()
        if by is not None:
            table = table.sort_values(by, ascending=not self.descending.value, kind="stable")
        rows = table.astype(str).to_numpy()
        self.shown = table[np.array([text in " ".join(row).lower() for row in rows], bool)]
        self.csv = self.shown.to_csv(index=False)
        self.latex = self.shown.to_latex(index=False, escape=True, caption=self.caption or None)
        self.view.value = self._html()
        csv = download_link(self.csv.encode(), "table.csv", "save as CSV", "text/plain")
        latex = download_link(self.latex.encode(), "table.tex", "save as LaTeX", "text/plain")
        self.links.value = f"{csv} · {latex}"
        self._store_soon()

    def _html(self) -> str:
        if self.table.empty:
            return "The table is empty."
        if self.shown.empty:
            return f"No row contains {escape(repr(self.containing.value))}."
        by, numeric = self.by.value, set(self.shown.select_dtypes("number"))
        extreme = {"lowest": "min", "highest": "max"}.get(self.best.value)
        best = self.shown[by].agg(extreme) if extreme and by in numeric else None

        def cell(name, value, tag="td"):
            text = escape(f"{value:g}" if isinstance(value, float) else str(value))
            if tag == "td" and name == by and best is not None and value == best:
                text = f"<b>{text}</b>"
            side = "right" if name in numeric else "left"
            return f'<{tag} style="padding: 2px 10px; text-align: {side}">{text}</{tag}>'

        head = "".join(cell(name, name, "th") for name in self.shown)
        body = ""
        for _, row in self.shown.iterrows():
            body += f"<tr>{''.join(cell(name, value) for name, value in row.items())}</tr>"
        caption = f"<caption>{escape(self.caption)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _still(self) -> tuple[str, str]:
        return self.view.value, self.shown.to_string(index=False)
