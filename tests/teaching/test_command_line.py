"""How commands are declared, and what their arguments may be."""

import pytest

from facekit import __main__ as cli
from facekit.faces import crops, shards
from facekit.gan import networks
from facekit.gan.training import Settings
from facekit.teaching import command_line, course_commands, network_commands


def test_the_command_line_is_complete(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    names = "tour,slides,refresh,exercises,collect,lab,app,doctor"
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


@pytest.mark.parametrize(
    "arguments", [["tour", "--out", ""], ["train", "--run-dir="], ["extract", "--root", ""]]
)
def test_an_empty_text_is_refused(arguments, capsys):
    with pytest.raises(SystemExit):
        cli.main(arguments)
    assert f"argument {arguments[1].strip('-=')}: is empty" in capsys.readouterr().err


def test_a_condition_has_a_column_and_a_value(capsys):
    with pytest.raises(SystemExit):
        cli.main(["extract", "--select", "Male"])
    assert "Male: a column and a value are expected, such as Male=no" in capsys.readouterr().err


def _parsed(*arguments):
    return command_line.parser(course_commands, network_commands).parse_args(arguments)


def test_what_a_training_is_made_of_is_the_same_as_in_python():
    """The defaults are typed twice, so that a command line is read without loading TensorFlow."""
    options, settings = vars(_parsed("train")), Settings()
    assert {name: options[name] for name in vars(settings)} == vars(settings)


def test_every_choice_of_python_is_one_of_the_command_line():
    for option, values in (
        ("--shape", crops.SHAPES),
        ("--choose", shards.CHOICES),
        ("--architecture", networks.ARCHITECTURES),
    ):
        for value in values:
            assert value in vars(_parsed("train", option, value)).values()
