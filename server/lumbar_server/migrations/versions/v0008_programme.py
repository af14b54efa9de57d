"""The programme: screenings, prescriptions and their blocks, and what people say of them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("sessions", sa.Column("comfort_during", INTEGER, nullable=True))
    op.add_column("analyses", sa.Column("calibration", sa.String(20), nullable=True))
    op.add_column("receipts", sa.Column("answers", INTEGER, nullable=False, server_default="0"))
    op.create_table(
        "screenings",
        sa.Column("id", INTEGER, primary_key=True),
        sa.Column("wearer_id", INTEGER, sa.ForeignKey("wearers.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("yes", sa.JSON(), nullable=False),
        sa.Column("cleared_on", sa.Date(), nullable=True),
        sa.Column("at_utc", INSTANT, nullable=False),
    )
    op.create_index("ix_screenings_wearer_id", "screenings", ["wearer_id"])
    op.create_table(
        "prescriptions",
        _session_key(),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("length", sa.String(20), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("data_sha256", sa.String(64), nullable=False),
        sa.Column("made_utc", INSTANT, nullable=False),
    )
    op.create_table(
        "blocks",
        sa.Column("id", INTEGER, primary_key=True),
        sa.Column("session_id", INTEGER, _session(), nullable=False),
        sa.Column("line", INTEGER, nullable=False),
        sa.Column("exercise", sa.String(40), nullable=False),
        sa.Column("begun_utc", INSTANT, nullable=False),
        sa.Column("ended_utc", INSTANT, nullable=True),
        sa.Column("felt", sa.String(20), nullable=True),
    )
    op.create_index("ix_blocks_session_id", "blocks", ["session_id"])
    op.create_table(
        "stops",
        _session_key(),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("discomfort", INTEGER, nullable=True),
        sa.Column("at_utc", INSTANT, nullable=False),
    )
    op.create_table(
        "next_days",
        _session_key(),
        sa.Column("answer", sa.String(20), nullable=False),
        sa.Column("at_utc", INSTANT, nullable=False),
    )
    op.create_table(
        "plan_choices",
        _wearer_key(),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("ladder", sa.String(40), primary_key=True),
        sa.Column("choice", sa.String(20), nullable=False),
    )
    op.create_table(
        "programme_settings",
        _wearer_key(),
        sa.Column("amber_from", INTEGER, nullable=False),
        sa.Column("red_from", INTEGER, nullable=False),
        sa.Column("is_sedentary", sa.Boolean(), nullable=False),
    )


def downgrade() -> None:
    for table in ("programme_settings", "plan_choices", "next_days", "stops"):
        op.drop_table(table)
    op.drop_index("ix_blocks_session_id", "blocks")
    op.drop_table("blocks")
    op.drop_table("prescriptions")
    op.drop_index("ix_screenings_wearer_id", "screenings")
    op.drop_table("screenings")
    op.drop_column("receipts", "answers")
    op.drop_column("analyses", "calibration")
    op.drop_column("sessions", "comfort_during")


def _session() -> sa.ForeignKey:
    return sa.ForeignKey("sessions.id", ondelete="CASCADE")


def _session_key() -> sa.Column[int]:
    return sa.Column("session_id", INTEGER, _session(), primary_key=True, autoincrement=False)


def _wearer_key() -> sa.Column[int]:
    wearer = sa.ForeignKey("wearers.id")
    return sa.Column("wearer_id", INTEGER, wearer, primary_key=True, autoincrement=False)
