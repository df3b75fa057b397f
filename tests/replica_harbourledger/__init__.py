"""A replica of the Harbour Ledger, a news site built differently: a real HTTP server on loopback that knows its truth.

Written from what the site is to be like alone; nothing is shared with the code under test or with `tests.replica`.

    with Replica(articles=60, seed=3) as site:
        first = site.truth()          # what an analyst should find of each article, by canonical address
        site.advance(hours=1)         # new, edited and merely touched articles, another "most read" list
        site.log()                    # every request answered, and how many robots.txt forbids
"""

from tests.replica_harbourledger.client import Replica

__all__ = ["Replica"]
