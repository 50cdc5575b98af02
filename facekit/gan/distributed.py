"""An LSGAN whose batches are shared by several devices, and that learns what one device would."""

from typing import Any

from ..core import distribution
from .lsgan import LSGAN


class DistributedLSGAN(LSGAN):
    """An `LSGAN` for the scope of a `tf.distribute` strategy.

    Each replica works on its share of the batch. Random numbers are those of the whole batch, of
    which a replica takes its rows; losses are divided by the number of replicas, since the
    optimizers add up what the replicas have found.
    """

    random = distribution.random
    replicas = None

    def train_step(self, real: Any) -> dict[str, Any]:
        """Do the step of an `LSGAN` on this replica's images."""
        return distribution.reported(super().train_step(real))

    def discriminator_loss(self, real: Any, fake: Any) -> Any:
        """Return this replica's share of the discriminator's loss."""
        return super().discriminator_loss(real, fake) / distribution.replicas()

    def generator_loss(self, fake: Any) -> Any:
        """Return this replica's share of the generator's loss."""
        return super().generator_loss(fake) / distribution.replicas()

    def penalty(self, real: Any) -> Any:
        """Return this replica's share of the penalty."""
        return super().penalty(real) / distribution.replicas()
