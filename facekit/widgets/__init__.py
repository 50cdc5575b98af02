"""Controls for a notebook: thin views over functions that work without them."""

from ..core.names import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    explorer="LossExplorer",
    nearest="NearestFaces",
    result_table="ResultTable",
    sampler="LatentSampler LatentWalk",
    verdict_board="VerdictBoard",
)
