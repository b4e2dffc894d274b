"""Which instruction sets the libraries that compute use here; `make portable` chooses others."""

from __future__ import annotations


def used() -> dict[str, set[str]]:
    """Return the instruction set of PyTorch, and those of the OpenBLAS of NumPy and of SciPy."""
    import scipy.linalg  # noqa: F401
    import torch
    from threadpoolctl import threadpool_info

    blas = {pool["architecture"] for pool in threadpool_info() if "architecture" in pool}
    return {"torch": {torch.backends.cpu.get_cpu_capability()}, "openblas": blas}


def described() -> str:
    """Return it as a line, with the number of threads."""
    import torch

    sets = ", ".join(f"{name} {' '.join(sorted(each))}" for name, each in used().items())
    return f"processor: {sets}, {torch.get_num_threads()} threads"


if __name__ == "__main__":
    print(described())  # noqa: T201
