"""The model of topics that is in use: a file in the home, left there by `flows.topics`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flows.errors import FlowsError
from transforms.errors import VocabularyError
from transforms.schemes import topic
from transforms.topic_model import from_json

if TYPE_CHECKING:
    from pathlib import Path

    from flows.settings import Settings
    from transforms.topic_model import TopicModel


def learned(settings: Settings) -> dict[str, TopicModel]:
    """What was learned, by the scheme that it is for; empty where nothing is in use.

    Raises:
        FlowsError: the file of the model is damaged.
    """
    model = topic_model(settings)
    return {} if model is None else {topic.SCHEME: model}


def topic_model(settings: Settings) -> TopicModel | None:
    """The model in use; None where none was trained, or the last one was no better than the lists.

    Raises:
        FlowsError: the file of the model is damaged.
    """
    path = model_path(settings)
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return from_json(kept["model"]) if kept["is_used"] else None
    except (ValueError, KeyError, TypeError, VocabularyError) as error:
        raise FlowsError(
            f"the model of topics in {path} is damaged ({type(error).__name__}: {error}): train it again with"
            " `wirehouse topics train`, or delete it to go back to the lists"
        ) from error


def model_path(settings: Settings) -> Path:
    """Where the model of the topics is kept."""
    return settings.home / "models" / "topic.json"
