"""Frees the schedule of runs that say "Running" though their process is dead.

A slot of a deployment's concurrency limit is a lease that the run's process renews; it ends by itself after the grace
period of prefect.yaml, so the next scheduled run starts. The dead run itself is marked as crashed by the automation of
`automations/zombies.yaml` within two minutes; where that is not there, by the next run of its deployment.
"""

from __future__ import annotations

import logging
from uuid import UUID

from prefect import runtime
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Crashed

logger = logging.getLogger(__name__)

_UNDER_WAY = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]


def crash_dead_runs() -> list[str]:
    """Marks what the deployment of this flow run left "Running" as crashed; returns the names of those runs.

    To be called as a run's last step: where the lease of a dead run is over already, the server frees a slot for it all
    the same, which must not be that of a run with work to do. Does nothing in a run without a deployment.
    """
    own, deployment = runtime.flow_run.get_id(), runtime.deployment.get_id()
    if own is None or deployment is None:
        return []
    with get_client(sync_client=True) as client:
        return crash_others(client, deployment_id=deployment, own_id=own)


def crash_others(client: SyncPrefectClient, *, deployment_id: str, own_id: str) -> list[str]:
    """Marks the runs of a deployment but `own_id` as crashed where they say they are under way.

    Only of a deployment whose limit is one run at a time: while that one goes on, all others are dead.
    """
    deployment = client.read_deployment(deployment_id)
    limit = deployment.global_concurrency_limit
    if limit is None or limit.limit != 1:
        return []
    dead = [each for each in _under_way(client, deployment_id) if str(each.id) != own_id]
    for run in dead:
        client.set_flow_run_state(run.id, Crashed(message="Its process is gone; found by a later run"), force=True)
        logger.warning("Run %s was dead and is now marked as crashed", run.name)
    return [run.name for run in dead]


def _under_way(client: SyncPrefectClient, deployment_id: str) -> list[FlowRun]:
    return client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            deployment_id=FlowRunFilterDeploymentId(any_=[UUID(deployment_id)]),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNDER_WAY)),
        )
    )
