"""What a new process costs: memory for a whole day, CPU time to the first result."""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from full_day import G_PER_STEP, HOURS, RATE_HZ, full_day
from interleaved import Timing

HERE = Path(__file__).parent
MIB = 2**20

NOTHING = "pass"
NUMPY = "import numpy"
NUMBA = "import numba"
FIRST_RESULT = f"""
import numpy as np
from lumbar_signal import Detector
detector = Detector(sampling_rate_hz={RATE_HZ}, g_per_step={G_PER_STEP})
samples = np.full((500, 3), (4096, 0, 0), dtype=np.int16)
assert detector.push(samples, 0)
"""


def _run(code: str, *arguments: str, with_peers: bool = False) -> str:
    """Run ``code`` in a new interpreter that sees the harness; returns what it prints.

    As after an installation by pip: modules are kept as bytecode, and the peers' packages, some of
    which numba would load if it saw them, are not there unless asked for.
    """
    paths = [str(HERE), *(path for path in sys.path if with_peers or Path(path).name != "peers")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=True,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def cold_starts(rounds: int) -> list[Timing]:
    """Time processes from nothing to a first result; compiled code is on disk already."""
    contestants = {
        "python alone": NOTHING,
        "python with numpy": NUMPY,
        "python with numba": NUMBA,
        "first events of the detector": FIRST_RESULT,
    }
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for round_ in range(rounds + 1):
        for name, code in contestants.items():
            begun_s = _children_cpu_s()
            _run(code)
            if round_:  # the first one fills the caches
                seconds[name].append(_children_cpu_s() - begun_s)
    return [Timing(name, 1, tuple(taken)) for name, taken in seconds.items()]


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak_memory_mib() -> dict[str, float | None]:
    """Return the peak resident memory of processes that analyse a day; ``None``: not installed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "day.npy"
        np.save(path, full_day())
        return {
            "numpy and the samples alone": _peak_mib("only_load", path),
            "lumbar's imports and compiled code alone": _peak_mib("only_warm_up", path),
            "lumbar: everything on": _peak_mib("analyse", path),
            "scipy: filter, angle, energy, peaks": _peak_mib("scipy_peer", path, with_peers=True),
        }


def _peak_mib(job: str, path: Path, *, with_peers: bool = False) -> float | None:
    code = f"import sys, fresh_process; fresh_process.{job}(sys.argv[1])"
    told = _run(code, str(path), with_peers=with_peers)
    peak_bytes: int | None = json.loads(told)
    return None if peak_bytes is None else peak_bytes / MIB


def only_load(path: str) -> None:
    """Child: load the samples."""
    _tell_peak(np.load(path).sum())


def only_warm_up(_path: str) -> None:
    """Child: the detector over eight samples."""
    from lumbar_signal import warm_up

    warm_up()
    _tell_peak(None)


def analyse(path: str) -> None:
    """Child: the detector over the day."""
    from lumbar_signal import analyze

    _tell_peak(analyze(np.load(path), None, sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP))


def scipy_peer(path: str) -> None:
    """Child: the peer over the day."""
    from peers import scipy_pipeline

    try:
        run = scipy_pipeline()
    except ImportError:
        print("null")
        return
    _tell_peak(run(np.load(path)))


def _tell_peak(_result: object) -> None:
    """Print this process's peak in bytes.

    ``ru_maxrss`` would start at the parent's size on Linux, ``VmHWM`` starts anew.
    """
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    print(int(line.split()[1]) * 1024)


DAY = f"{HOURS:g} h at {RATE_HZ:g} Hz"
