"""The strongest directions of a sparse matrix, by randomised subspace iteration.

ARPACK in single precision loses orthogonality on large matrices and returns noise without a word; QR at each step does not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


def strongest(
    matrix: Any, count: int, *, seed: int = 0, rounds: int = 4, spare: int = 24
) -> tuple[Matrix, Matrix, Matrix]:
    """(left vectors m × k, strengths k descending, right vectors n × k) of a scipy sparse m × n matrix; k ≤ `count`."""
    size = min(count + spare, min(matrix.shape))
    start = np.random.default_rng(seed).standard_normal((matrix.shape[1], size)).astype(np.float32)
    transposed = matrix.T.tocsr()
    left, _ = np.linalg.qr(matrix @ start)
    for _ in range(rounds):
        right, _ = np.linalg.qr(transposed @ left)
        left, _ = np.linalg.qr(matrix @ right)
    small = (transposed @ left).T  # size × n
    inner, strengths, right_rows = np.linalg.svd(small, full_matrices=False)
    kept = min(count, size)
    return (
        (left @ inner)[:, :kept].astype(np.float32),
        strengths[:kept].astype(np.float32),
        right_rows[:kept].T.astype(np.float32),
    )
