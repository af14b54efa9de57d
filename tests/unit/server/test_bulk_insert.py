"""Rows that PostgreSQL takes by COPY fail as those of an insert would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Engine, Table, func, select, text
from sqlalchemy.exc import DataError, IntegrityError

from databases import fresh_database
from lumbar_server import models
from lumbar_server.database import migrate, open_engine, reading, writing
from lumbar_server.errors import DatabaseAwayError
from lumbar_server.store.bulk_insert import insert_rows

SENSORS = cast(Table, models.Sensor.__table__)
BOOTS = cast(Table, models.GatewayBoot.__table__)

pytestmark = pytest.mark.system


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with fresh_database("postgresql", tmp_path) as url:
        migrate(url)
        engine = open_engine(url)
        yield engine
        engine.dispose()


def boots(*numbers: int) -> list[dict[str, Any]]:
    return [{"gateway_boot": number, "wall_offset_s": 0.25} for number in numbers]


def count(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(BOOTS)).scalar_one()


def test_rows_arrive(engine: Engine) -> None:
    with writing(engine) as connection:
        insert_rows(connection, BOOTS, boots(1, 2**62))
        rows = connection.execute(select(BOOTS).order_by(BOOTS.c.gateway_boot)).mappings()
        assert list(map(dict, rows)) == boots(1, 2**62)


def test_a_key_that_is_there_is_an_integrity_error(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine) as connection:
        insert_rows(connection, BOOTS, boots(1, 2, 1))
    assert count(engine) == 0


def test_a_value_that_does_not_fit_is_a_data_error(engine: Engine) -> None:
    row = {"sensor_id": "x" * 65, "first_seen_utc": None}
    with pytest.raises(DataError), writing(engine) as connection:
        insert_rows(connection, SENSORS, [row])


def test_a_savepoint_outlives_what_is_refused(engine: Engine) -> None:
    with writing(engine) as connection:
        insert_rows(connection, BOOTS, boots(1))
        with pytest.raises(IntegrityError), connection.begin_nested():
            insert_rows(connection, BOOTS, boots(2, 1))
    assert count(engine) == 1


def cut_and_insert(engine: Engine) -> None:
    with writing(engine) as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with writing(engine) as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)").bindparams(pid=pid))
        insert_rows(connection, BOOTS, boots(1))


def test_a_connection_that_is_cut_is_a_database_away(engine: Engine) -> None:
    with pytest.raises(DatabaseAwayError):
        cut_and_insert(engine)
    assert count(engine) == 0
