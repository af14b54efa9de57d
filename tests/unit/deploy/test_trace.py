import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbar.errors import TraceError
from lumbar.trace import Trace, read_trace

HEADER = "t_s,ax_g,ay_g,az_g"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_rows(*rows: str, header: str = HEADER, name: str = "trace.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n")
        return path

    return write_rows


def standing(count: int = 10) -> list[str]:
    return [f"{i * 0.02:.2f},1.000,0.010,-0.020" for i in range(count)]


def complaint(path: Path) -> str:
    with pytest.raises(TraceError) as caught:
        read_trace(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
    return text.removeprefix(f"{path}: ")


def trace_or_complaint(path: Path) -> Trace | str:
    try:
        return read_trace(path)
    except TraceError as error:
        return str(error)


def test_csv_becomes_arrays_and_a_grid(write: Write) -> None:
    trace = read_trace(write(*standing()))
    assert trace.name == "trace.csv"
    assert trace.sampling_rate_hz == 50
    assert trace.acc_g.shape == (10, 3)
    assert trace.gyro_dps is None
    np.testing.assert_array_equal(trace.acc_g[3], [1.0, 0.01, -0.02])


def test_gzip_and_parquet_read_like_csv_whatever_their_names(write: Write, tmp_path: Path) -> None:
    rows = [row + ",1.0,-2.5,0.0" for row in standing()]
    plain = write(*rows, header=HEADER + ",gx_dps,gy_dps,gz_dps")
    packed = tmp_path / "packed.bin"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    expected = read_trace(plain)
    assert expected.gyro_dps is not None
    table = pa.table(
        {
            "az_g": expected.acc_g[:, 2].astype("float32"),
            "t_s": expected.t_s,
            "ax_g": expected.acc_g[:, 0].astype("float32"),
            "ay_g": expected.acc_g[:, 1].astype("float32"),
            "gx_dps": np.ones(10, int),
            "gy_dps": expected.gyro_dps[:, 1],
            "gz_dps": expected.gyro_dps[:, 2],
        }
    )
    pq.write_table(table, tmp_path / "columns.bin")
    for path in (packed, tmp_path / "columns.bin"):
        trace = read_trace(path)
        np.testing.assert_allclose(trace.acc_g, expected.acc_g, atol=1e-7)
        np.testing.assert_array_equal(trace.t_s, expected.t_s)
        np.testing.assert_array_equal(trace.gyro_dps, expected.gyro_dps)


def test_order_spaces_line_ends_and_other_columns_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    rows = [f"note,{i},0.0,{i / 25}, -1.0" for i in range(5)]
    text = "\r\n".join(["remark,ay_g, az_g ,t_s,ax_g", *rows])
    path.write_bytes(b"\xef\xbb\xbf" + text.replace(",4,", ",3,").encode() + b"\r\n")
    trace = read_trace(path)
    assert trace.sampling_rate_hz == 25
    np.testing.assert_array_equal(trace.acc_g[2], [-1, 2, 0])


def test_position_is_read_on_the_traces_own_clock(write: Write) -> None:
    rows = [f"{100 + i / 50:.2f},1,0,0" for i in range(100) if not 20 <= i < 60]
    trace = read_trace(write(*rows))
    assert trace.time_s(0) == 100
    assert trace.time_s(19.5) == pytest.approx(100.39, abs=0.01)
    assert trace.time_s(40) == pytest.approx(100.8)
    assert trace.time_s(100) == pytest.approx(102.0)


def test_reading_the_clock_of_a_long_trace_copies_none_of_it() -> None:
    index = np.flatnonzero(np.arange(200_000) % 7)
    trace = Trace("long", index / 100, np.zeros((len(index), 3)), None, 100.0, index)
    tracemalloc.start()
    for position in (-3.0, 1.0, 6.5, 7.0, 99_999.25, 199_999.0, 200_003.0):
        assert trace.time_s(position) == pytest.approx(max(position, 1.0) / 100)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 50_000


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("0.20,nan,0,0", "ax_g is empty or not finite in row 12"),
        ("0.20,0,,0", "ay_g is empty or not finite in row 12"),
        ("0.20,0,0,-inf", "az_g is empty or not finite in row 12"),
        ("inf,0,0,0", "t_s is empty or not finite in row 12"),
        ("0.18,0,0,1", "t_s repeats at 0.18 s in row 12: sort"),
        ("0.10,0,0,1", "t_s goes back from 0.18 at 0.1 s in row 12: sort"),
        ("0.20,0,0,one", "az_g is 'one' in row 12, not a number"),
        ("0.20,0,0", "3 columns in row 12, 4 in the header"),
        ("0.20,0,0,0,0", "5 columns in row 12, 4 in the header"),
        ("0.20,0,17.5,0", "ay_g is 17.5 g in row 12; the widest sensor range is ±16 g"),
        ("0.20,0,1e300,0", "ay_g is 1e+300 g in row 12"),
        ("1e300,0,0,1", "longer than any recording"),
    ],
)
def test_bad_row_is_named(write: Write, row: str, said: str) -> None:
    assert said in complaint(write(*standing(), row))


def test_too_fast_gyro_is_named(write: Write) -> None:
    rows = [*(row + ",0,0,0" for row in standing()), "0.20,1,0,0,0,2001,0"]
    text = complaint(write(*rows, header=HEADER + ",gx_dps,gy_dps,gz_dps"))
    assert text.startswith("gy_dps is 2001 dps in row 12")


def test_missing_columns_are_listed(write: Write) -> None:
    text = complaint(write("0,1,0", header="t_s,ax_g,y"))
    assert text.startswith("missing columns: ay_g, az_g (found: t_s, ax_g, y): a trace has")


def test_half_a_gyro_is_refused(write: Write) -> None:
    text = complaint(write("0,1,0,0,5", header=HEADER + ",gy_dps"))
    assert text.startswith("missing columns: gx_dps, gz_dps")


def test_two_columns_of_one_name_are_refused(write: Write, tmp_path: Path) -> None:
    said = "more than one column is called ax_g: rename or remove the others"
    assert complaint(write("0,1,0,0,5", header=HEADER + ", ax_g")) == said
    names = [*HEADER.split(","), "ax_g"]
    table = pa.table([pa.array([0.0, 0.02])] * 5, names=names)
    pq.write_table(table, tmp_path / "twice.parquet")
    assert complaint(tmp_path / "twice.parquet") == said


@pytest.mark.parametrize(
    ("step_s", "said"), [(2.0, "0.5 samples a second"), (0.0001, "1e+04 samples a second")]
)
def test_impossible_rate_is_refused(write: Write, step_s: float, said: str) -> None:
    rows = [f"{i * step_s:.4f},1,0,0" for i in range(20)]
    assert said in complaint(write(*rows))


@pytest.mark.parametrize("rate_hz", [1.0, 2000.0])
def test_slowest_and_fastest_rates_are_read(write: Write, rate_hz: float) -> None:
    trace = read_trace(write(*(f"{i / rate_hz:.4f},1,0,0" for i in range(20))))
    assert trace.sampling_rate_hz == rate_hz


def test_metres_per_second_squared_are_recognised(write: Write) -> None:
    rows = [f"{i * 0.02:.2f},9.79,0.2,-0.5" for i in range(10)]
    assert "looks like m/s²: divide ax_g, ay_g and az_g by 9.80665" in complaint(write(*rows))


def test_no_and_one_sample_are_refused(write: Write) -> None:
    assert complaint(write()).startswith("no samples below the header")
    assert complaint(write("0,1,0,0")).startswith("only one sample: a trace needs at least two")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (gzip.compress(b""), "the file is empty"),
        (bytes(range(128, 256)) * 8, "neither CSV text (UTF-8), gzip nor Parquet"),
        (gzip.compress(b"t_s,ax_g\n" * 99)[:-9], "damaged or cut-off gzip"),
        (b"\x1f\x8b\x08garbage", "damaged or cut-off gzip"),
        (b"PAR1 and then nothing", "damaged Parquet"),
        (b"t_s,\xff\n0", "neither CSV text (UTF-8), gzip nor Parquet"),
        (b"t_s,ax_g\r0,1\r", "missing columns: ay_g, az_g (found: t_s, ax_g)"),
        (b"t_s,ax_g,ay_g,az_g\n0,1,2,\x1b[31m", "is '\ufffd[31m' in row 2"),
        (b'"t_s,ax_g', "missing columns: t_s, ax_g, ay_g, az_g"),
    ],
)
def test_unreadable_content_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    assert said in complaint(path)


def test_parquet_of_texts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "texts.parquet"
    names = HEADER.split(",")
    pq.write_table(pa.table({name: ["0.1", "0.2"] for name in names}), path)
    assert complaint(path).startswith("t_s holds string, not numbers")


def test_folder_and_absent_file_are_told(tmp_path: Path) -> None:
    assert complaint(tmp_path).startswith("a folder: name the files in it")
    assert complaint(tmp_path / "none.csv").startswith("cannot be read (No such file")


@given(
    position=st.floats(0, 1),
    removed=st.integers(0, 30),
    added=st.one_of(
        st.binary(max_size=12), st.sampled_from([b"nan", b"\n\n", b",", b'"', b"1e999"])
    ),
    kind=st.sampled_from(["csv", "gzip", "parquet"]),
)
def test_damaged_file_is_read_or_told_never_anything_else(
    tmp_path_factory: pytest.TempPathFactory,
    position: float,
    removed: int,
    added: bytes,
    kind: str,
) -> None:
    content = "\n".join([HEADER, *standing(40)]).encode()
    if kind == "gzip":
        content = gzip.compress(content)
    elif kind == "parquet":
        sink = pa.BufferOutputStream()
        columns = np.array([[i / 50, 1.0, 0.01, -0.02] for i in range(40)]).T
        pq.write_table(pa.table(dict(zip(HEADER.split(","), columns, strict=True))), sink)
        content = sink.getvalue().to_pybytes()
    at = int(position * len(content))
    path = tmp_path_factory.getbasetemp() / f"damaged.{kind}"
    path.write_bytes(content[:at] + added + content[at + removed :])
    outcome = trace_or_complaint(path)
    if isinstance(outcome, str):
        assert "\n" not in outcome
    else:
        assert np.isfinite(outcome.acc_g).all()
        assert (np.diff(outcome.t_s) > 0).all()


def test_nothing_of_the_file_is_kept_beside_the_numbers(write: Write) -> None:
    path = write(*standing(20_000))
    before_bytes = pa.total_allocated_bytes()
    trace = read_trace(path)
    assert pa.total_allocated_bytes() == before_bytes
    assert len(trace.t_s) == 20_000
