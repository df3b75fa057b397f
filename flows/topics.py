"""Learning topics from the warehouse's own articles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import transforms
import warehouse
from flows.location import location
from flows.topic_models import model_path
from spiders.durable import write_durably

if TYPE_CHECKING:
    from flows.settings import Settings
    from transforms.topic_training import Training

#: Enough to learn a topic from, and few enough for the memory of a laptop.
NEWEST_PER_LABEL = 2_000

_ARTICLES = f"""
SELECT article_uid, title, summary, body, dateline, place, site, label, sector, site_tags, countries, keywords, language
FROM articles
WHERE label IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY label ORDER BY published_at DESC NULLS LAST, article_uid) <= {NEWEST_PER_LABEL}
ORDER BY article_uid
"""  # noqa: S608 - the number is the one above


def train_topics(settings: Settings) -> Training:
    """Learns from the warehouse's articles, measures, and leaves the model for the next runs if it is better.

    Raises:
        TooFewArticles: see `transforms.train_topics`.
    """
    with warehouse.connect(location(settings)) as connection:
        texts = connection.execute(_ARTICLES).df()
    training = transforms.train_topics(texts)
    path = model_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, _written(training).encode())
    return training


def described(training: Training) -> str:
    """What came of a training, in two lines."""
    use = "it is used from now on" if training.is_better else "the lists stay alone"
    return (
        f"learned {len(training.model.topics)} topics from {training.articles:,} articles: "
        f"model {training.model.version}\n"
        f"macro-F1 on {training.held_out:,} articles held out: lists {training.lists_f1:.3f}, "
        f"with the model {training.learned_f1:.3f}; {use}"
    )


def _written(training: Training) -> str:
    return json.dumps(
        {
            "is_used": training.is_better,
            "version": training.model.version,
            "articles": training.articles,
            "held_out": training.held_out,
            "lists_f1": training.lists_f1,
            "learned_f1": training.learned_f1,
            "model": training.model.to_json(),
        }
    )
