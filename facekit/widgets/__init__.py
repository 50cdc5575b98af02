"""Controls for a notebook: thin views over functions that work without them."""

from ..core import renamed

__getattr__, __dir__, __all__ = renamed.attach(
    __name__,
    ["controls", "explorer", "nearest", "page", "result_table", "sampler", "verdict_board"],
    {
        "explorer": ["LossExplorer"],
        "nearest": ["NearestFaces"],
        "result_table": ["ResultTable"],
        "sampler": ["LatentSampler", "LatentWalk"],
        "verdict_board": ["VerdictBoard"],
    },
)
