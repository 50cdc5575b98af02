"""Two devices in one process: they stay alike, and have the losses of one."""

import subprocess
import sys

import numpy as np
import pytest

from facekit.core import distribution
from facekit.gan import training

_TWO_DEVICES = """
import sys
import numpy as np
from facekit.core.backend import keras, tf
from facekit.core.images import to_float
from facekit.gan import distributed, lsgan, networks

processor = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
images = tf.constant(to_float(np.load(sys.argv[1])))

def build(kind):
    keras.utils.set_random_seed(0)
    model = kind(networks.build_generator(4, "small"), networks.build_discriminator("small"))
    model.compile()
    return model

def fit(model):
    batches = tf.data.Dataset.from_tensor_slices(images).batch(8, drop_remainder=True).repeat()
    history = model.fit(batches, epochs=2, steps_per_epoch=3, verbose=0).history
    return np.array([history[name] for name in ("d1", "d2", "g")])

with strategy.scope():
    shared, wrong = build(distributed.DistributedLSGAN), build(lsgan.LSGAN)
before = shared.generator.get_weights()[0]
two, one = fit(shared), fit(build(lsgan.LSGAN))
assert np.abs(two - one).max() < 1e-3 and np.ptp(one) > 0.1, (two, one)
for network in (shared.generator, shared.discriminator, shared.ema_generator):
    for weight in network.trainable_variables or network.variables:
        first, second = strategy.experimental_local_results(weight.value)
        assert np.array_equal(first.numpy(), second.numpy()), weight.path
assert np.abs(shared.generator.get_weights()[0] - before).max() > 0
try:
    fit(wrong)
except ValueError as error:
    print(error)
"""


def test_two_devices_stay_alike_and_have_the_losses_of_one(small_faces, tmp_path):
    np.save(tmp_path / "images.npy", small_faces.images)
    command = [sys.executable, "-c", _TWO_DEVICES, str(tmp_path / "images.npy")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "an LSGAN learns on one device: to share batches, build a gan.distributed" in done.stdout


def test_samples_that_the_devices_cannot_share(monkeypatch, small_faces, tmp_path):
    class Three:
        num_replicas_in_sync = 3

    monkeypatch.setattr(distribution, "strategy", Three)
    message = "16 real images of an iteration cannot be shared by 3 devices: choose .* 6 divides"
    with pytest.raises(ValueError, match=message):
        training.train(small_faces, tmp_path, samples=32)
