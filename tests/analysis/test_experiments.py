"""Small GANs: the bound, what breaks it, and what a run leaves behind."""

import numpy as np
import pytest

from facekit.analysis import diagnostics, experiments, history
from facekit.gan import networks
from facekit.metrics import descriptor


@pytest.fixture(scope="module")
def played(faces, tmp_path_factory):
    """The three discriminators of the bound, after 60 steps, and their runs."""
    folder = tmp_path_factory.mktemp("experiments")
    names = ("moving-statistics", "batch-statistics", "plain")
    models = {
        name: experiments.run(name, faces, folder / name, iterations=60, samples=32)
        for name in names
    }
    return models, {name: history.load(folder / name) for name in names}


def test_the_bound_holds_in_one_mode_for_every_discriminator(played, faces):
    for model in played[0].values():
        assert (
            diagnostics.explanations(model, faces, n=64)["same fakes, same weights, same mode"]
            >= 1 - 1e-5
        )


def test_only_a_discriminator_held_still_breaks_the_bound(played, faces):
    models, runs = played
    assert runs["moving-statistics"].bound().iloc[-1] < 0.5
    assert runs["batch-statistics"].bound().min() > 0.9 and runs["plain"].bound().min() > 0.9
    measured = diagnostics.explanations(models["moving-statistics"], faces, n=64)
    assert measured["d2 with batch, g with moving statistics"] < 0.7
    assert measured.drop("d2 with batch, g with moving statistics").min() > 0.9


def test_both_modes_are_one_without_batch_normalisation(played, faces):
    plain, still = (
        diagnostics.modes(played[0][name], faces, n=64) for name in ("plain", "moving-statistics")
    )
    assert plain.loc["batch"].tolist() == pytest.approx(plain.loc["moving"].tolist(), abs=1e-5)
    assert still.loc["moving", "g"] < 0.5 < still.loc["batch", "g"]
    assert still.loc["batch", "accuracy_fake"] > 0.9 and still.loc["moving", "accuracy_fake"] < 0.5


def test_measuring_leaves_the_model_as_it_was(played, faces):
    model = played[0]["moving-statistics"]
    variables = [
        *model.discriminator.variables,
        *model.d_optimizer.variables,
        *model.generator.variables,
    ]
    before = [variable.numpy() for variable in variables]
    diagnostics.explanations(model, faces, n=32)
    diagnostics.modes(model, faces, n=32)
    assert all(
        np.array_equal(variable.numpy(), value) for variable, value in zip(variables, before)
    )


def test_a_run_tells_what_it_was(played):
    run = played[1]["moving-statistics"]
    assert len(run.losses) == 20 and run.about["iterations_an_epoch"] == 3
    assert run.about["experiment"] == "moving-statistics" and run.about["question"].endswith("?")
    assert run.faces().shape == (8, 40, 40, 3) and run.faces(1).dtype == np.uint8
    with pytest.raises(ValueError, match="no faces of epoch 21 were kept"):
        run.faces(21)


def test_cross_entropies_report_squares_of_probabilities(faces, tmp_path):
    runs = {}
    for name in ("cross-entropy", "minimax"):
        experiments.run(name, faces, tmp_path / name, iterations=60, samples=32)
        runs[name] = history.load(tmp_path / name).losses
        assert (runs[name][["d1", "d2", "g"]] <= 1).all(axis=None)
    # Both discriminators recognise the fakes; the minimax generator then learns nothing any more, the other one goes on.
    assert runs["minimax"]["g"].iloc[-1] > 0.95
    assert runs["cross-entropy"]["variety"].iloc[-1] > runs["minimax"]["variety"].iloc[-1]


def test_a_sleeping_discriminator_learns_in_the_first_half_alone(faces, tmp_path):
    half = experiments.run("plain", faces, tmp_path / "plain", iterations=20, samples=16)
    whole = experiments.run("asleep", faces, tmp_path / "asleep", iterations=40, samples=16)
    for network, same in (("discriminator", True), ("generator", False)):
        weights = (getattr(model, network).get_weights() for model in (half, whole))
        assert all(np.allclose(*pair, atol=1e-6) for pair in zip(*weights)) == same


def test_kernel_distance_of_small_faces(faces, tmp_path):
    experiments.run(
        "plain", faces, tmp_path, iterations=1, samples=16, descriptor=descriptor.load("portraits")
    )
    assert (
        history.load(tmp_path).losses["kernel_distance"].iloc[0] > 0.5
    )  # grey squares are no faces


def test_halving_is_the_mean_of_four():
    image = np.zeros((1, 2, 4, 3), np.uint8)
    image[0, :, :2, 0] = [[10, 20], [30, 40]]
    image[0, :, 2:, 1] = 255
    assert experiments.halved(image)[0, 0].tolist() == [[25, 0, 0], [0, 255, 0]]


def test_small_networks_fit_together():
    assert (
        networks.build_generator(7, "small").output_shape
        == networks.build_discriminator("small").input_shape
        == (None, 40, 40, 3)
    )


def test_an_unknown_experiment_lists_them(faces, tmp_path):
    with pytest.raises(
        ValueError, match="no experiment 'colapse': choose one of plain, .*collapse"
    ):
        experiments.run("colapse", faces, tmp_path)
    assert not list(tmp_path.iterdir())
