"""Requests to a Prefect server that answers 503 while its database is busy; its own clients ask again, too."""

from __future__ import annotations

import time
from typing import Any

import httpx

_TRIES, _PAUSE_S = 40, 0.25


class PatientTransport(httpx.HTTPTransport):
    """Asks again where the server is busy."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for _ in range(_TRIES):
            response = super().handle_request(request)
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return response
            response.close()
            time.sleep(_PAUSE_S)
        return super().handle_request(request)


def client(base_url: str = "") -> httpx.Client:
    return httpx.Client(base_url=base_url, transport=PatientTransport(), timeout=30)


def get(url: str) -> httpx.Response:
    with client() as asking:
        return asking.get(url)


def post(url: str, json: Any = None) -> httpx.Response:
    with client() as asking:
        return asking.post(url, json=json)
