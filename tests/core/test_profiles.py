"""Profiles, and one real training step at the paper's full sizes."""

import numpy as np
import pytest

import facekit as fk


def test_current_is_the_quick_one_here():
    assert fk.core.profiles.current().name == "quick"


def test_lesson_is_the_default(monkeypatch):
    monkeypatch.delenv("FACEKIT_PROFILE")
    assert fk.core.profiles.current().name == "lesson"


def test_unknown_profile(monkeypatch):
    monkeypatch.setenv("FACEKIT_PROFILE", "slow")
    with pytest.raises(
        ValueError, match="FACEKIT_PROFILE is 'slow'; it must be one of quick, lesson, full"
    ):
        fk.core.profiles.current()


def test_full_means_the_papers_sizes(monkeypatch):
    monkeypatch.setenv("FACEKIT_PROFILE", "full")
    full = fk.core.profiles.current()
    assert (full.photos, full.latent_dim, full.samples, full.architecture) == (
        70_000,
        200,
        200,
        "paper",
    )
    assert full.epochs(70_000) == 100


def test_one_step_of_the_papers_networks(monkeypatch):
    monkeypatch.setenv("FACEKIT_PROFILE", "full")
    full = fk.core.profiles.current()
    model = fk.gan.LSGAN(
        fk.gan.networks.build_generator(full.latent_dim, full.architecture),
        fk.gan.networks.build_discriminator(full.architecture),
    )
    model.compile()
    before = model.generator.get_weights()[0].copy()
    values = model.train_step(
        np.random.default_rng(0).uniform(-1, 1, (4, 80, 80, 3)).astype("float32")
    )  # four of the hundred: the networks are what is large
    assert all(np.isfinite(float(value)) for value in values.values())
    assert not np.array_equal(before, model.generator.get_weights()[0])
