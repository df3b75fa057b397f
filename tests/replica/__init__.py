"""A replica of the news site for tests and the demo: a real HTTP server on loopback that knows the truth it serves."""

from tests.replica.client import Replica, ReplicaError

__all__ = ["Replica", "ReplicaError"]
