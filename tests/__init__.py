"""Tests of all packages, laid out as the packages are, and the replica of a news site they run against."""
