"""Forked kernels as `jupyter_client` uses them: alone, side by side, interrupted, restarted, killed, orphaned."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import asynccontextmanager

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from cartcohort.render import forking

pytestmark = pytest.mark.skipif(
    not forking.can_fork() and os.environ.get("CI") != "true", reason="this system cannot fork safely"
)
NAME = "cartcohort-fork"


class ForkedSpecs(KernelSpecManager):
    """Knows this Python as a kernel to be forked, started by a command that a test may change."""

    python = sys.executable

    def get_kernel_spec(self, kernel_name):
        command = [self.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        metadata = {"kernel_provisioner": {"provisioner_name": NAME}}
        return KernelSpec(argv=command, display_name="Python", language="python", metadata=metadata)


@asynccontextmanager
async def kernel(folder, specs=None, **options):
    manager = AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=specs or ForkedSpecs(),
        transport="ipc",
        connection_file=str(folder / "k.json"),
    )
    await manager.start_kernel(extra_arguments=["--HistoryManager.enabled=False"], cwd=str(folder), **options)
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        yield manager, client
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


async def ask(client, code):
    """Execute code and return what it prints."""
    said = []
    await client.execute_interactive(
        code, output_hook=lambda message: said.append(message["content"].get("text", "")), timeout=60
    )
    return "".join(said).strip()


def answers(folder, *questions, **options):
    """Start a kernel and return what pieces of code print in it, one after the other."""

    async def work():
        async with kernel(folder, **options) as (_, client):
            return [await ask(client, question) for question in questions]

    return asyncio.run(work())


def is_gone(pid):
    """Whether a process has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_forked_kernel_has_the_libraries_and_looks_like_a_new_python(tmp_path):
    found = answers(
        tmp_path,
        f"import os, sys, time; print('{forking.__name__}' in sys.modules)",
        "print(os.getcwd())",
        "print(os.environ['COLOUR'], 'JPY_PARENT_PID' in os.environ)",
        "print(time.tzname[0])",
        "print(os.getpid() == os.getpgid(0))",
        "print(sys.modules['__main__'].__dict__.get('__file__'))",
        env={**os.environ, "TZ": "Asia/Tokyo", "COLOUR": "blue"},
    )
    assert found == ["True", str(tmp_path), "blue False", "JST", "True", "None"]


def test_text_hashes_alike_in_every_forked_kernel(tmp_path):
    code = "print(hash('CAR-T'))"
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    new = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    assert [answers(folder, code) for folder in folders] == 2 * [[new.stdout.strip()]]


def test_kernels_started_at_once_do_not_meet(tmp_path):
    async def answer(number):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with kernel(folder) as (_, client):
            await ask(client, f"own = {number}")
            return await ask(client, "print(own)")

    async def work():
        return await asyncio.gather(*map(answer, range(4)))

    assert asyncio.run(work()) == ["0", "1", "2", "3"]


def test_an_interrupted_kernel_goes_on(tmp_path):
    async def work():
        async with kernel(tmp_path) as (manager, client):
            code = "import time\nreached = False\nopen('begun', 'w').close()\ntime.sleep(60)\nreached = True"
            client.execute(code, stop_on_error=False)
            wait_until((tmp_path / "begun").exists)
            await manager.interrupt_kernel()
            return await ask(client, "print(reached)")

    assert asyncio.run(work()) == "False"


def test_a_restarted_kernel_is_another_process_that_knows_nothing(tmp_path):
    async def work():
        async with kernel(tmp_path) as (manager, client):
            before = await ask(client, "import os; print(os.getpid())")
            await manager.restart_kernel(now=True)
            await client.wait_for_ready(timeout=60)
            return before, await ask(client, "print('os' in globals()); import os; print(os.getpid())")

    before, after = asyncio.run(work())
    knows, number = after.split()
    assert knows == "False"
    assert number != before


@pytest.mark.parametrize(
    ("code", "exit_code"), [("import os; os._exit(3)", 3), ("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL)]
)
def test_a_kernel_that_dies_tells_how(tmp_path, code, exit_code):
    async def work():
        async with kernel(tmp_path) as (manager, client):
            process = manager.provisioner.process
            client.execute(code)
            return process.wait(30), await manager.is_alive()

    assert asyncio.run(work()) == (exit_code, False)


def test_a_kernel_ends_with_the_program_that_started_it(tmp_path):
    program = """
        import asyncio, sys
        from pathlib import Path
        from tests.unit.render.test_provisioner import kernel

        async def work():
            async with kernel(Path(sys.argv[1])) as (manager, client):
                print(manager.provisioner.pid, flush=True)
                await asyncio.sleep(60)

        asyncio.run(work())
    """
    run = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    pid = int(run.stdout.readline())
    assert not is_gone(pid)
    run.kill()
    run.wait()
    run.stdout.close()
    wait_until(lambda: is_gone(pid))


def test_the_kernel_of_another_python_is_started_in_the_ordinary_way(tmp_path):
    other = tmp_path / "python"
    other.symlink_to(sys.executable)  # a virtual environment of its own is a link to the same program
    specs = ForkedSpecs()
    specs.python = str(other)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    code = f"import sys; print(sys.executable, '{forking.__name__}' in sys.modules)"
    assert answers(tmp_path, code, specs=specs, env=environment) == [f"{other} False"]


def test_plain_papermill_can_use_forked_kernels(tmp_path):
    cell = nbformat.v4.new_code_cell("import sys\nprint('lifelines' in sys.modules, a)")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.metadata.kernelspec = {"name": "python3", "language": "python", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "in.ipynb")
    command = [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", "-p", "a", "2", "--no-progress-bar"]
    environment = {**os.environ, "JUPYTER_DEFAULT_PROVISIONER_NAME": NAME}
    subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    done = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert done.cells[-1].outputs[0].text == "True 2\n"
