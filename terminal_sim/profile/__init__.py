"""Terminal profiles, which are data read strictly from TOML into the classes of `terminal_sim.core.config`."""

from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.profile.check import check
from terminal_sim.profile.explain import explain, explain_kernel
from terminal_sim.profile.kernel import kernel_file
from terminal_sim.profile.load import file_of, is_path, load, names, variants
from terminal_sim.profile.options import options
from terminal_sim.profile.schema import kernel_schema, schema

__all__ = [
    "ProfileError",
    "check",
    "explain",
    "explain_kernel",
    "file_of",
    "is_path",
    "kernel_file",
    "kernel_schema",
    "load",
    "names",
    "options",
    "schema",
    "variants",
]
