"""Small GANs: how each differs from the plain one, and what a run leaves behind."""

import numpy as np
import pytest

from facekit.analysis import experiments, history
from facekit.core.backend import keras
from facekit.gan import losses, networks


def test_a_run_tells_what_it_was(trained):
    run = trained[1]["moving-statistics"]
    assert len(run.losses) == 20 and run.about["iterations_an_epoch"] == 3
    assert run.about["experiment"] == "moving-statistics" and run.about["question"].endswith("?")
    assert run.faces().shape == (8, 40, 40, 3) and run.faces(1).dtype == np.uint8
    with pytest.raises(ValueError, match="no faces of epoch 21 were kept"):
        run.faces(21)


@pytest.mark.parametrize("kind", [experiments.CrossEntropyGAN, experiments.MinimaxGAN])
def test_cross_entropies_report_squares_of_probabilities(kind):
    generator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    always_three = keras.layers.Dense(1, kernel_initializer="zeros", bias_initializer=_three)
    discriminator = keras.Sequential([keras.Input((3,)), always_three])
    model = kind(generator, discriminator, augmentation=0)
    model.compile()
    reported = model.train_step(keras.ops.zeros((4, 3)))
    probability = 1 / (1 + np.exp(-3))
    expected = {"d1": (1 - probability) ** 2, "d2": probability**2}
    assert {name: float(reported[name]) for name in expected} == pytest.approx(expected, rel=1e-5)


def _three(shape, dtype=None):
    return keras.ops.full(shape, 3.0, dtype)


def test_each_game_has_its_losses():
    scores = np.array([-1.0, 2.0], "float32")
    networks_ = [networks.build_generator(4, "small"), networks.build_discriminator("small")]
    usual, minimax = (
        kind(*networks_, augmentation=0)
        for kind in (experiments.CrossEntropyGAN, experiments.MinimaxGAN)
    )
    expected = losses.cross_entropy_discriminator_loss(scores, scores)
    assert usual.discriminator_loss(scores, scores) == minimax.discriminator_loss(scores, scores)
    assert usual.discriminator_loss(scores, scores) == expected
    assert usual.generator_loss(scores) == losses.cross_entropy_generator_loss(scores)
    assert minimax.generator_loss(scores) == losses.minimax_generator_loss(scores)


def test_a_sleeping_discriminator_learns_in_the_first_half_alone(faces, tmp_path, eager):
    half = experiments.run("plain", faces, tmp_path / "plain", iterations=2, samples=8)
    whole = experiments.run("asleep", faces, tmp_path / "asleep", iterations=4, samples=8)
    for network, same in (("discriminator", True), ("generator", False)):
        weights = (getattr(model, network).get_weights() for model in (half, whole))
        assert all(np.allclose(*pair, atol=1e-6) for pair in zip(*weights)) == same


class GreyLevels:
    """A descriptor of faces as the shipped ones take them."""

    network = None

    def embed(self, images):
        assert images.dtype == np.uint8 and images.shape[1:] == (80, 80, 3)
        return images.mean(axis=(1, 2)) / 10


def test_kernel_distance_of_small_faces(faces, tmp_path, eager):
    experiments.run("plain", faces, tmp_path, iterations=1, samples=8, descriptor=GreyLevels())
    measured = history.load(tmp_path).losses["kernel_distance"].iloc[0]
    assert measured > 0.5  # grey squares are no faces


def test_halving_is_the_mean_of_four():
    image = np.zeros((1, 2, 4, 3), np.uint8)
    image[0, :, :2, 0] = [[10, 20], [30, 40]]
    image[0, :, 2:, 1] = 255
    assert experiments.halved(image)[0, 0].tolist() == [[25, 0, 0], [0, 255, 0]]
    assert experiments.halved(image[:0]).shape == (0, 1, 2, 3)


def test_small_networks_fit_together():
    assert (
        networks.build_generator(7, "small").output_shape
        == networks.build_discriminator("small").input_shape
        == (None, 40, 40, 3)
    )


def test_an_unknown_experiment_lists_them(faces, tmp_path):
    with pytest.raises(ValueError, match="no experiment 'laging': choose one of plain, .*lagging"):
        experiments.run("laging", faces, tmp_path)
    assert not list(tmp_path.iterdir())
