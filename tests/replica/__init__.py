"""A replica of the news site for tests and the demo: a real HTTP server on loopback that knows the truth it serves.

Everything here is written from the description of the site alone; nothing is shared with the code under test.

    with Replica(articles=600, seed=7) as site:
        told = site.truth()["articles"]           # article id to the fields of the warehouse
        before = site.now()
        site.advance(hours=1)                     # new, edited, touched articles; other trending lists
        found = site.changes(before)              # new, revised, content_revised, touched, silent
        site.faults.set(kind="503", share=0.1, times=1, seconds=2)
        site.count_by_path(), site.disallowed()
"""

from tests.replica.client import Replica, ReplicaError

__all__ = ["Replica", "ReplicaError"]
