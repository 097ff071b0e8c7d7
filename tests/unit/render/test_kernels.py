import asyncio
import os
from contextlib import asynccontextmanager

import pytest

from cartcohort.render.kernels import PromptClient, start_kernel, stop_kernel


@asynccontextmanager
async def ready(manager):
    """A client that has found the kernel ready."""
    client = manager.client()
    assert isinstance(client, PromptClient)
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        yield client
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


def with_kernel(folder, talk):
    """Return what a coroutine makes of a kernel and its client."""
    manager = start_kernel(folder, folder, dict(os.environ))

    async def work():
        async with ready(manager) as client:
            return await talk(manager, client)

    return asyncio.run(work())


def test_a_client_is_ready_when_the_kernel_is_idle_and_has_nothing_more_to_say(tmp_path):
    async def talk(manager, client):
        asked = client.execute("6 * 7")
        return asked, [await client.get_iopub_msg(timeout=60) for _ in range(4)]

    asked, news = with_kernel(tmp_path, talk)
    assert {message["parent_header"]["msg_id"] for message in news} == {asked}
    assert [message["msg_type"] for message in news] == ["status", "execute_input", "execute_result", "status"]
    assert news[2]["content"]["data"]["text/plain"] == "42"


def test_a_kernel_that_is_dead_is_never_ready(tmp_path):
    async def talk(manager, client):
        stop_kernel(manager)
        await manager.provisioner.wait()
        with pytest.raises(RuntimeError, match="died"):
            await client.wait_for_ready(timeout=60)
        return True

    assert with_kernel(tmp_path, talk)


def test_waiting_for_a_kernel_that_does_not_answer_ends(tmp_path):
    async def talk(manager, client):
        client.execute("import time\ntime.sleep(60)")
        with pytest.raises(RuntimeError, match=r"didn't respond in 0\.1 seconds"):
            await client.wait_for_ready(timeout=0.1)
        return True

    assert with_kernel(tmp_path, talk)
