import signal
import threading

import pytest

from cartcohort.render.processes import ENDING, ignore_interrupts


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="this system cannot hold signals back")
def test_ctrl_c_waits_and_is_not_lost():
    done = []
    with pytest.raises(KeyboardInterrupt), ignore_interrupts(ENDING):
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)  # the tests may have other threads
        with ignore_interrupts(ENDING):
            done.append("what lies within")
        done.append("what must not be interrupted")
    assert len(done) == 2
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ())
