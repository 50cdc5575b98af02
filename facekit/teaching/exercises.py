"""What an exercise says to a student: checks that tell at once how far an answer is."""

from typing import Any

import numpy as np

#: What a wrong number often is, as a multiple of the right one.
_MULTIPLES = {
    2: "twice as much; is a ½ or a mean missing?",
    0.5: "half of it; is there a ½ too many?",
    -1: "the sign is the other one",
    100: "per cent, where a share is asked?",
    0.01: "a share, where per cent are asked?",
}
Hint = tuple[Any, str]  #: a wrong value, and what to say then
_NOT_FINITE = "not a number; a division by 0, or a root, logarithm or arccos of what has none?"


class NotYet(AssertionError):
    """An answer that is not right yet. Jupyter shows its sentence, and no traceback."""

    def _render_traceback_(self):  # a hook of IPython
        return [f"✗ {self}"]


def check(name: str, value: Any, expected: Any, *hints: Hint, tolerance: float = 1e-3) -> None:
    """Compare an answer with what is expected, print ✓ or say in one sentence how far it is.

        check("d2", d2([0.2, 0.6]), 0.2, (0.16, "did you square before averaging?"))

    Parameters
    ----------
    name : str
        What the answer is called in the sentence.
    value : number, array, table, text, or list of texts
        The student's.
    expected : the same
    hints : pairs of (wrong value, sentence)
        What typical mistakes give, and what to say then.
    tolerance : float
        How far a number may be off, absolutely and as a share of the expected one; a count may not.

    Raises
    ------
    NotYet
        If it is not right: "your d2 = 0.16, expected 0.2: did you square before averaging?" It is
        an AssertionError, so nbgrader takes the points.
    """
    value = value.item() if isinstance(value, np.str_) else value
    if _same(value, expected, tolerance):
        print(f"✓ {name} = {_shown(value)}")
        return
    if value is None or value is Ellipsis:
        answer, advice = f"is {value}", "does the function end with `return`?"
    else:
        answer = f"= {_shown(value)}"
        fitting = [words for wrong, words in hints if _same(value, wrong, tolerance)]
        advice = fitting[0] if fitting else _advice(value, expected)
    sentence = f"your {name} {answer}, expected {_shown(expected)}"
    raise NotYet(f"{sentence}: {advice}" if advice else sentence)


def _numbers(value):
    """Return a value as a float array, None if it is no number or array of numbers."""
    try:
        array = np.asarray(value)
        return array.astype("float64") if array.dtype.kind in "biuf" else None
    except (TypeError, ValueError):
        return None


def _same(value, expected, tolerance):
    one, other = _numbers(value), _numbers(expected)
    if one is None and other is None:
        return type(value) is type(expected) and bool(np.array_equal(value, expected))
    if one is None or other is None or one.shape != other.shape:
        return False
    if {np.asarray(each).dtype.kind for each in (value, expected)} <= set("biu"):
        return bool((one == other).all())  # counts are right or wrong
    return bool(np.allclose(one, other, rtol=tolerance, atol=tolerance, equal_nan=True))


def _advice(value, expected):
    """Return what can be said of a wrong answer that no hint fits; empty if nothing can."""
    one, other = _numbers(value), _numbers(expected)
    if one is None or other is None:
        found, wanted = type(value).__name__, type(expected).__name__
        return "" if found == wanted else f"that is of the type {found}, expected is {wanted}"
    if one.shape != other.shape:
        return f"it has the shape {one.shape}, expected is {other.shape}"
    if not np.isfinite(one).all():
        return _NOT_FINITE
    fitting = (words for k, words in _MULTIPLES.items() if _same(one, k * other, 1e-3))
    return "" if np.asarray(expected).dtype.kind == "b" else next(fitting, "")


def _shown(value):
    numbers = _numbers(value)
    if numbers is None:
        return repr(value)
    if numbers.size > 24:
        return f"an array of shape {numbers.shape} from {numbers.min():.4g} to {numbers.max():.4g}"
    if numbers.ndim:
        return f"[{', '.join(_shown(part) for part in np.asarray(value))}]"
    kind = np.asarray(value).dtype.kind
    if kind == "b":
        return str(bool(value))
    return str(value) if kind in "iu" else f"{float(numbers):.4g}"
