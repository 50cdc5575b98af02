"""One function a figure. Each returns its Axes; colours survive colour blindness and grey print."""

from ..core.names import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    charts="balance overlaps",
    classification="board distances heat reliability saliencies",
    curves="bound loss_tables losses_and_faces",
    diagrams="cascade gan_loop networks pull_and_push",
    pictures="faces growth numbered photos rows stages",
)
