"""events → projections → reports: everything here can be rebuilt from the log."""

from archive.views.projections import catch_up
from archive.views.rebuild import Drift, rebuild

__all__ = ["Drift", "catch_up", "rebuild"]
