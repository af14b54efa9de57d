"""The record: wearers, workouts apart from streams, and what the wearer says of them."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _put_state_into_streams()
    op.drop_index("ix_sessions_started_utc", "sessions")
    op.drop_index("ix_sessions_sensor_id", "sessions")
    op.drop_table("sessions")
    _make_tables()
    _make_each_stream_a_workout()


def downgrade() -> None:
    for table in ("changes", "corrections", "session_parts", "sessions", "assignments", "wearers"):
        op.drop_table(table)
    op.create_table(
        "sessions",
        sa.Column("id", INTEGER, primary_key=True),
        sa.Column("stream_id", sa.String(16), sa.ForeignKey("streams.stream_id"), nullable=False),
        sa.Column("sensor_id", sa.String(64), sa.ForeignKey("sensors.sensor_id"), nullable=False),
        sa.Column("analysis_id", INTEGER, sa.ForeignKey("analyses.id"), nullable=True),
        sa.Column("started_utc", INSTANT, nullable=False),
        sa.Column("ended_utc", INSTANT, nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("coverage", sa.Double(), nullable=False),
        sa.UniqueConstraint("stream_id"),
    )
    op.create_index("ix_sessions_started_utc", "sessions", ["started_utc"])
    op.create_index("ix_sessions_sensor_id", "sessions", ["sensor_id"])
    op.execute(
        "INSERT INTO sessions (stream_id, sensor_id, analysis_id, started_utc, ended_utc, state,"
        " coverage) SELECT stream_id, sensor_id, (SELECT max(id) FROM analyses"
        " WHERE analyses.stream_id = streams.stream_id), started_utc, ended_utc, state, coverage"
        " FROM streams WHERE started_utc IS NOT NULL ORDER BY started_utc"
    )
    op.drop_index("ix_streams_started_utc", "streams")
    for column in ("ended_utc", "started_utc", "coverage", "state"):
        op.drop_column("streams", column)


def _put_state_into_streams() -> None:
    state = sa.Column("state", sa.String(20), nullable=False, server_default="receiving")
    op.add_column("streams", state)
    op.add_column("streams", sa.Column("coverage", sa.Double(), nullable=False, server_default="0"))
    op.add_column("streams", sa.Column("started_utc", INSTANT, nullable=True))
    op.add_column("streams", sa.Column("ended_utc", INSTANT, nullable=True))
    op.create_index("ix_streams_started_utc", "streams", ["started_utc"])
    for column in ("state", "coverage", "started_utc", "ended_utc"):
        op.execute(
            f"UPDATE streams SET {column} = (SELECT {column} FROM sessions"
            " WHERE sessions.stream_id = streams.stream_id)"
            " WHERE stream_id IN (SELECT stream_id FROM sessions)"
        )


def _make_tables() -> None:
    wearers = op.create_table(
        "wearers",
        sa.Column("id", INTEGER, primary_key=True),
        sa.Column("name", sa.String(60), nullable=False, unique=True),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("quiet_s", sa.Double(), nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.Column("created_utc", INSTANT, nullable=False),
    )
    me = {
        "name": "Me",
        "time_zone": "UTC",
        "quiet_s": 300.0,
        "version": 1,
        "created_utc": datetime.now(UTC),
    }
    op.bulk_insert(wearers, [me])
    op.create_table(
        "assignments",
        sa.Column("id", INTEGER, primary_key=True),
        sa.Column("sensor_id", sa.String(64), sa.ForeignKey("sensors.sensor_id"), nullable=False),
        sa.Column("wearer_id", INTEGER, sa.ForeignKey("wearers.id"), nullable=False),
        sa.Column("from_utc", INSTANT, nullable=False),
        sa.Column("until_utc", INSTANT, nullable=True),
    )
    op.create_index("ix_assignments_sensor_id", "assignments", ["sensor_id"])
    op.create_table(
        "sessions",
        sa.Column("id", INTEGER, primary_key=True),
        sa.Column("wearer_id", INTEGER, sa.ForeignKey("wearers.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("started_utc", INSTANT, nullable=False),
        sa.Column("ended_utc", INSTANT, nullable=True),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.Column("comfort_before", INTEGER, nullable=True),
        sa.Column("comfort_after", INTEGER, nullable=True),
        sa.Column("effort", INTEGER, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("discarded", sa.Boolean(), nullable=False),
        sa.Column("version", INTEGER, nullable=False),
    )
    op.create_index("ix_sessions_wearer_id", "sessions", ["wearer_id"])
    op.create_index("ix_sessions_started_utc", "sessions", ["started_utc"])
    its_session = sa.ForeignKey("sessions.id", ondelete="CASCADE")
    its_stream = sa.ForeignKey("streams.stream_id")
    op.create_table(
        "session_parts",
        sa.Column("session_id", INTEGER, its_session, primary_key=True),
        sa.Column("stream_id", sa.String(16), its_stream, primary_key=True),
        sa.Column("first_index", INTEGER, nullable=False),
        sa.Column("end_index", INTEGER, nullable=True),
    )
    op.create_index("ix_session_parts_stream_id", "session_parts", ["stream_id"])
    op.create_table(
        "corrections",
        sa.Column("id", INTEGER, primary_key=True),
        sa.Column(
            "session_id",
            INTEGER,
            sa.ForeignKey("sessions.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("stream_id", sa.String(16), sa.ForeignKey("streams.stream_id"), nullable=True),
        sa.Column("start", sa.Double(), nullable=True),
        sa.Column("end", sa.Double(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("exercise", sa.String(40), nullable=True),
        sa.Column("repetitions", INTEGER, nullable=True),
        sa.Column("holds_s", sa.JSON(), nullable=True),
        sa.Column("new_start_s", sa.Double(), nullable=True),
        sa.Column("new_end_s", sa.Double(), nullable=True),
        sa.Column("made_utc", INSTANT, nullable=False),
    )
    op.create_index("ix_corrections_session_id", "corrections", ["session_id"])
    op.create_table(
        "changes",
        sa.Column("number", INTEGER, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("at_utc", INSTANT, nullable=False),
    )


def _make_each_stream_a_workout() -> None:
    """Until now a workout was a stream; nobody has said anything of it yet."""
    op.execute(
        "INSERT INTO sessions (wearer_id, kind, started_utc, ended_utc, pauses, note, discarded,"
        " version) SELECT 1, 'automatic', started_utc, coalesce(ended_utc, started_utc), '[]', '',"
        " false, 1 FROM streams WHERE started_utc IS NOT NULL ORDER BY started_utc, stream_id"
    )
    op.execute(
        "INSERT INTO session_parts (session_id, stream_id, first_index, end_index)"
        " SELECT sessions.id, streams.stream_id, 0, NULL FROM streams JOIN sessions ON sessions.id"
        " = (SELECT count(*) FROM streams AS earlier WHERE earlier.started_utc <"
        " streams.started_utc OR (earlier.started_utc = streams.started_utc AND"
        " earlier.stream_id <= streams.stream_id)) WHERE streams.started_utc IS NOT NULL"
    )
