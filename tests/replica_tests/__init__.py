"""Tests of the replica itself: its pages say what its truth says, and its world keeps its promises."""
