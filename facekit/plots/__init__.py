"""One function a figure. Each returns its Axes; colours survive colour blindness and grey print."""

from ..core.names import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    charts="balance bars overlaps",
    classification="board distances face_map heat reliability saliencies verdicts",
    curves="bound generator_slopes loss_tables losses_and_faces quality",
    pictures="faces growth networks numbered photos rows stages",
)
