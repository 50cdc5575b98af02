"""The lab: a page of HTML that needs no server. `build` puts it together from what lies here."""

from ...core.names import attach

__getattr__, __dir__, __all__ = attach(__name__, building="build")
