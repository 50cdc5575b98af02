"""One function a figure. Each returns its Axes; colours survive colour blindness and grey print."""

import lazy_loader

_FIGURES = {
    "pictures": "faces growth networks numbered photos rows stages",
    "charts": "balance bars overlaps",
    "curves": "bound generator_slopes loss_tables losses_and_faces quality",
    "classification": "board distances face_map heat reliability saliencies verdicts",
}
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, list(_FIGURES), {module: names.split() for module, names in _FIGURES.items()}
)
