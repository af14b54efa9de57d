"""A small virtual machine: Debian's kernel, one Python program, one disk with a write log.

QEMU emulates it without help of the processor. The program and all files that it needs are taken
from the present Python, found by running it here for a moment.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from command_output import output_of
from system_packages import MissingPackageError

CACHE = Path(__file__).parents[2] / "build" / "powercut"
_QEMU = "qemu-system-x86_64"
_KERNEL_PACKAGE = "linux-image-cloud-amd64"  # starts from NVMe and ext4 without an initramfs
# The disk that loses its power is no NVMe: QEMU's knows no forced unit access, and would lose what
# ext4 wrote so. On this one the kernel flushes instead. In the order in which they are loaded:
_DISK_DRIVERS = (
    "virtio_ring",
    "virtio",
    "virtio_pci_legacy_dev",
    "virtio_pci_modern_dev",
    "virtio_pci",
    "virtio_blk",
)
_LOADER = Path("/lib64/ld-linux-x86-64.so.2")  # where every program of this processor has it
_MEMORY_MIB = 512
_ROOT_MIB = 400


def kernel() -> Path:
    """Return Debian's kernel for clouds; the first time it is fetched as apt is set up here."""
    if shutil.which(_QEMU) is None:
        raise MissingPackageError("QEMU")
    found = sorted(CACHE.glob("kernel/boot/vmlinuz-*"))
    if found:
        return found[-1]
    CACHE.mkdir(parents=True, exist_ok=True)
    shown = output_of("apt-cache", "depends", "--important", _KERNEL_PACKAGE)
    packages = re.findall(r"Depends: (linux-image-\S+)", shown)
    if not packages:
        raise MissingPackageError(f"the list of packages, or {_KERNEL_PACKAGE} in it,")
    package = packages[0]
    output_of("apt-get", "download", "-qq", package, cwd=CACHE)
    (archive,) = CACHE.glob(f"{package}_*.deb")
    unpacked = CACHE / "unpacked"
    output_of("dpkg-deb", "-x", archive, unpacked)
    unpacked.rename(CACHE / "kernel")  # all of it or nothing
    archive.unlink()
    return kernel()


def make_root(
    image: Path, files: Sequence[Path], program: Path, search_path: Sequence[str]
) -> None:
    """Make the file system that the machine starts from: ``program`` is its only process."""
    kernel()
    folder = image.with_suffix(".root")
    for file in {*files, program, _LOADER, Path(sys.executable).resolve()}:
        target = folder / file.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    for name in ("dev", "disk", "drivers"):
        (folder / name).mkdir(exist_ok=True)
    for number, name in enumerate(_DISK_DRIVERS):
        (driver,) = CACHE.glob(f"kernel/lib/modules/*/kernel/drivers/*/{name}.ko")
        shutil.copy(driver, folder / "drivers" / f"{number}-{name}.ko")
    start = folder / "init"
    start.write_text(
        f"#!{Path(sys.executable).resolve()} -SuB\n"
        "import runpy, sys\n"
        f"sys.path[:] = {list(search_path)!r}\n"
        f"runpy.run_path({str(program)!r}, run_name='__main__')\n"
    )
    start.chmod(0o755)
    make_disk(image, _ROOT_MIB, folder)
    shutil.rmtree(folder)


def make_disk(image: Path, size_mib: int, content: Path | None = None) -> None:
    """Make an ext4 file system in a file."""
    with image.open("wb") as file:
        file.truncate(size_mib * 2**20)
    filled = ["-d", content] if content is not None else []
    output_of("mkfs.ext4", "-q", "-F", *filled, image)


@contextmanager
def running(root: Path, disk: Path, log: Path) -> Iterator[BinaryIO]:
    """Start the machine; yields what it says. At the end of the block its power is cut."""
    with log.open("wb") as file:
        file.truncate(2**32)  # sparse: QEMU does not let it grow
    command = [
        *[_QEMU, "-accel", "tcg", "-cpu", "Westmere,+rdrand", "-m", str(_MEMORY_MIB)],
        *["-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio"],
        *["-kernel", str(kernel())],
        "-append",
        "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on"
        " root=/dev/nvme0n1 ro init=/init",
        *["-blockdev", f"driver=raw,node-name=root,read-only=on,{_file('file', root)}"],
        *["-device", "nvme,serial=root,drive=root"],
        "-blockdev",
        "driver=blklogwrites,node-name=disk,log-super-update-interval=1"
        f",file.driver=raw,{_file('file.file', disk)},log.driver=raw,{_file('log.file', log)}",
        *["-device", "virtio-blk-pci,drive=disk"],
    ]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, process_group=0
    ) as machine:
        assert machine.stdout is not None
        try:
            yield machine.stdout
        finally:
            machine.kill()


def _file(node: str, path: Path) -> str:
    # The host need not write to its own disk for a machine that is to lose its power.
    return f"{node}.driver=file,{node}.filename={path},{node}.cache.no-flush=on"
