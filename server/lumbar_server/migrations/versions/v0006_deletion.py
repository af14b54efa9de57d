"""Deletion: which samples of a stream were deleted, and receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
COUNTS = ("sessions", "corrections", "sets", "messages", "samples", "bytes")


def upgrade() -> None:
    for column in ("erased", "forgotten"):
        op.add_column("streams", sa.Column(column, sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "receipts",
        sa.Column("id", INTEGER, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("wearer_id", INTEGER, nullable=True),
        sa.Column("session_id", INTEGER, nullable=True),
        sa.Column("before_utc", INSTANT, nullable=True),
        sa.Column("made_utc", INSTANT, nullable=False),
        sa.Column("due_utc", INSTANT, nullable=False),
        sa.Column("begun_utc", INSTANT, nullable=True),
        sa.Column("done_utc", INSTANT, nullable=True),
        *(sa.Column(name, INTEGER, nullable=False) for name in COUNTS),
        sa.Column("streams", sa.JSON(), nullable=False),
        sa.Column("todo", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("receipts")
    for column in ("forgotten", "erased"):
        op.drop_column("streams", column)
