"""Connected components: which nodes hang together, however long the chain of edges between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Nodes = NDArray[np.int64]


def components(left: Nodes, right: Nodes, size: int) -> Nodes:
    """The smallest node of each node's component; nodes are 0 to size - 1, edges join `left` and `right` pairwise.

    Labels are lowered along the edges and then followed to their own labels until none changes, which takes as many
    rounds as the logarithm of the longest chain.
    """
    labels = np.arange(size, dtype=np.int64)
    while True:
        lower = labels.copy()
        smallest = np.minimum(labels[left], labels[right])
        # The roots too, so that whole components move at once.
        for ends in (left, right, labels[left], labels[right]):
            np.minimum.at(lower, ends, smallest)
        lower = lower[lower]
        if np.array_equal(lower, labels):
            return labels
        labels = lower
