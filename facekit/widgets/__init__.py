"""Controls for a notebook: thin views over functions that work without them."""

from ..core import renamed

__getattr__, __dir__, __all__ = renamed.attach(
    __name__,
    submodules=["controls", "explorer", "page", "result_table", "sampler", "verdict_board"],
    names={
        "sampler": ["LatentSampler", "LatentWalk"],
        "explorer": ["LossExplorer"],
        "result_table": ["ResultTable"],
        "verdict_board": ["VerdictBoard"],
    },
)
