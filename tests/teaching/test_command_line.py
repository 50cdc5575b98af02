"""How commands are declared, and what their arguments may be."""

import pytest

from facekit import __main__ as cli


def test_the_command_line_is_complete(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    names = "tour,refresh,exercises,collect,app,doctor"
    names += ",unpack,extract,train,sweep,experiment,classify,examine"
    assert f"{{{names}}}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "option, value",
    [("--epochs", "0"), ("--samples", "-2"), ("--latent-dim", "many"), ("--photos", "1.5")],
)
def test_numbers_are_whole_and_start_at_one(option, value, capsys):
    with pytest.raises(SystemExit):
        cli.main(["train", f"{option}={value}"])
    sentence = f"argument {option}: {value}: a whole number from 1 up is expected"
    assert sentence in capsys.readouterr().err


def test_a_condition_has_a_column_and_a_value(capsys):
    with pytest.raises(SystemExit):
        cli.main(["extract", "--select", "Male"])
    assert "Male: a column and a value are expected, such as Male=no" in capsys.readouterr().err
