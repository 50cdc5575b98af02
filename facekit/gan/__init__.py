"""Lesson 2, the generative adversarial network: networks, losses, training, latent space."""

from ..core import renamed

__getattr__, __dir__, __all__ = renamed.attach(
    __name__,
    submodules=[
        "alarm",
        "checkpoints",
        "distributed",
        "latent",
        "losses",
        "lsgan",
        "networks",
        "recorder",
        "states",
        "training",
    ],
    names={"lsgan": ["LSGAN"], "checkpoints": ["pretrained"]},
)
