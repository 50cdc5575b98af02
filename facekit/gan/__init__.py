"""Lesson 2, the generative adversarial network: networks, losses, training, latent space."""

from ..core.names import attach

__getattr__, __dir__, __all__ = attach(__name__, checkpoints="pretrained", lsgan="LSGAN")
