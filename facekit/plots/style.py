"""The colours, lines and marks of all figures."""

BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"  # Okabe and Ito 2008
COLOURS, LINES, MARKS = (
    (BLUE, ORANGE, GREEN, RED, "#CC79A7", "#56B4E9", "black", "grey"),
    ("-", "--", ":", "-."),
    "osv^DPX*",
)
