"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("total", INTEGER, nullable=False),
        sa.Column("last_utc", INSTANT, nullable=False),
        sa.Column("last_detail", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("kind"),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("sensor_id", sa.String(length=64), nullable=False),
        sa.Column("stream_id", sa.String(length=16), nullable=False),
        sa.Column("first_index", INTEGER, nullable=False),
        sa.Column("n", INTEGER, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("payload_sha256", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("seen_utc", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sensor_id", "payload_sha256"),
    )
    op.create_index("ix_quarantine_stream_id", "quarantine", ["stream_id"], unique=False)
    op.create_table(
        "sensors",
        sa.Column("sensor_id", sa.String(length=64), nullable=False),
        sa.Column("first_seen_utc", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("sensor_id"),
    )
    op.create_table(
        "streams",
        sa.Column("stream_id", sa.String(length=16), nullable=False),
        sa.Column("sensor_id", sa.String(length=64), nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.Column("channels", INTEGER, nullable=True),
        sa.Column("sampling_rate_hz", sa.Double(), nullable=True),
        sa.Column("g_per_step", sa.Double(), nullable=True),
        sa.Column("dps_per_step", sa.Double(), nullable=True),
        sa.Column("wall_at_zero_s", sa.Double(), nullable=True),
        sa.Column("wall_s_per_sample", sa.Double(), nullable=True),
        sa.Column("fit_arrival_s", sa.Double(), nullable=True),
        sa.Column("stored", sa.JSON(), nullable=False),
        sa.Column("lost", sa.JSON(), nullable=False),
        sa.Column("end_index", INTEGER, nullable=True),
        sa.Column("quarantined", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(["sensor_id"], ["sensors.sensor_id"]),
        sa.PrimaryKeyConstraint("stream_id"),
    )
    op.create_index(op.f("ix_streams_sensor_id"), "streams", ["sensor_id"], unique=False)
    op.create_table(
        "analyses",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("stream_id", sa.String(length=16), nullable=False),
        sa.Column("detector_version", sa.String(length=40), nullable=False),
        sa.Column("parameters_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["stream_id"], ["streams.stream_id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("stream_id", "detector_version", "parameters_sha256"),
    )
    op.create_table(
        "chunks",
        sa.Column("stream_id", sa.String(length=16), nullable=False),
        sa.Column("first_index", INTEGER, nullable=False),
        sa.Column("n", INTEGER, nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("observations", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["stream_id"], ["streams.stream_id"]),
        sa.PrimaryKeyConstraint("stream_id", "first_index"),
    )
    op.create_table(
        "posture_deviations",
        sa.Column("analysis_id", INTEGER, nullable=False),
        sa.Column("ordinal", INTEGER, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("peak_deg", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["analysis_id"], ["analyses.id"]),
        sa.PrimaryKeyConstraint("analysis_id", "ordinal"),
    )
    op.create_table(
        "postures",
        sa.Column("analysis_id", INTEGER, nullable=False),
        sa.Column("ordinal", INTEGER, nullable=False),
        sa.Column("posture", sa.String(length=40), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["analysis_id"], ["analyses.id"]),
        sa.PrimaryKeyConstraint("analysis_id", "ordinal"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("stream_id", sa.String(length=16), nullable=False),
        sa.Column("sensor_id", sa.String(length=64), nullable=False),
        sa.Column("analysis_id", INTEGER, nullable=True),
        sa.Column("started_utc", INSTANT, nullable=False),
        sa.Column("ended_utc", INSTANT, nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("coverage", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["analysis_id"], ["analyses.id"]),
        sa.ForeignKeyConstraint(["sensor_id"], ["sensors.sensor_id"]),
        sa.ForeignKeyConstraint(["stream_id"], ["streams.stream_id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("stream_id"),
    )
    op.create_index(op.f("ix_sessions_sensor_id"), "sessions", ["sensor_id"], unique=False)
    op.create_index(op.f("ix_sessions_started_utc"), "sessions", ["started_utc"], unique=False)
    op.create_table(
        "sets",
        sa.Column("analysis_id", INTEGER, nullable=False),
        sa.Column("ordinal", INTEGER, nullable=False),
        sa.Column("exercise", sa.String(length=40), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("coverage", sa.Double(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["analysis_id"], ["analyses.id"]),
        sa.PrimaryKeyConstraint("analysis_id", "ordinal"),
    )
    op.create_table(
        "holds",
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("analysis_id", INTEGER, nullable=False),
        sa.Column("set_ordinal", INTEGER, nullable=False),
        sa.Column("ordinal", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["analysis_id", "set_ordinal"], ["sets.analysis_id", "sets.ordinal"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("analysis_id", "set_ordinal", "ordinal"),
    )
    op.create_table(
        "repetitions",
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("peak", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("range_deg", sa.Double(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("analysis_id", INTEGER, nullable=False),
        sa.Column("set_ordinal", INTEGER, nullable=False),
        sa.Column("ordinal", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["analysis_id", "set_ordinal"], ["sets.analysis_id", "sets.ordinal"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("analysis_id", "set_ordinal", "ordinal"),
    )
    op.create_table(
        "set_deviations",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("peak_deg", sa.Double(), nullable=False),
        sa.Column("analysis_id", INTEGER, nullable=False),
        sa.Column("set_ordinal", INTEGER, nullable=False),
        sa.Column("ordinal", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["analysis_id", "set_ordinal"], ["sets.analysis_id", "sets.ordinal"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("analysis_id", "set_ordinal", "ordinal"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Samples hardly compress by PostgreSQL's own method; not trying makes writing faster.
        op.execute("ALTER TABLE chunks ALTER COLUMN data SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.drop_table("set_deviations")
    op.drop_table("repetitions")
    op.drop_table("holds")
    op.drop_table("sets")
    op.drop_index(op.f("ix_sessions_started_utc"), table_name="sessions")
    op.drop_index(op.f("ix_sessions_sensor_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("postures")
    op.drop_table("posture_deviations")
    op.drop_table("chunks")
    op.drop_table("analyses")
    op.drop_index(op.f("ix_streams_sensor_id"), table_name="streams")
    op.drop_table("streams")
    op.drop_table("sensors")
    op.drop_index("ix_quarantine_stream_id", table_name="quarantine")
    op.drop_table("quarantine")
    op.drop_table("counters")
