"""The bound √d2 + √g >= 1, and what breaks it."""

import numpy as np
import pytest

from facekit.analysis import diagnostics


def test_the_bound_holds_in_one_mode_for_every_discriminator(trained, faces):
    for model in trained[0].values():
        sums = diagnostics.root_sums(model, faces, n=32)
        assert sums["same fakes, same weights, same mode"] >= 1 - 1e-5


def test_only_a_discriminator_held_still_breaks_the_bound(trained, faces):
    models, runs = trained
    assert runs["moving-statistics"].bound().iloc[10:].min() < 0.6
    assert runs["batch-statistics"].bound().min() > 0.9 and runs["plain"].bound().min() > 0.8
    measured = diagnostics.root_sums(models["moving-statistics"], faces, n=64)
    assert measured["d2 with batch, g with moving statistics"] < 0.7
    assert measured.drop("d2 with batch, g with moving statistics").min() > 0.9


def test_both_modes_are_one_without_batch_normalisation(trained, faces):
    plain, still = (
        diagnostics.modes(trained[0][name], faces, n=64) for name in ("plain", "moving-statistics")
    )
    assert plain.loc["batch"].tolist() == pytest.approx(plain.loc["moving"].tolist(), abs=1e-5)
    assert still.loc["moving", "g"] < 0.5 < still.loc["batch", "g"]
    assert still.loc["batch", "accuracy_fake"] > 0.9 and still.loc["moving", "accuracy_fake"] < 0.5


def test_measuring_leaves_the_model_as_it_was(trained, faces):
    model = trained[0]["moving-statistics"]
    owners = (model.discriminator, model.d_optimizer, model.generator)
    variables = [variable for owner in owners for variable in owner.variables]
    before = [variable.numpy() for variable in variables]
    diagnostics.root_sums(model, faces, n=32)
    diagnostics.modes(model, faces, n=32)
    assert all(
        np.array_equal(variable.numpy(), value) for variable, value in zip(variables, before)
    )
