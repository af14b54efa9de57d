"""For companions: the newest change of everything, and answers that are given again."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
KEYS = {
    "wearer": "SELECT CAST(id AS VARCHAR(64)) AS key FROM wearers",
    "sensor": "SELECT sensor_id AS key FROM sensors",
    "stream": "SELECT stream_id AS key FROM streams WHERE started_utc IS NOT NULL",
    "session": "SELECT CAST(id AS VARCHAR(64)) AS key FROM sessions",
}


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("status", INTEGER, nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_utc", INSTANT, nullable=False),
    )
    op.create_index("ix_answers_made_utc", "answers", ["made_utc"])
    op.create_index("ix_changes_kind_key", "changes", ["kind", "key"])
    op.execute(
        "DELETE FROM changes WHERE number < (SELECT max(newer.number) FROM changes AS newer"
        " WHERE newer.kind = changes.kind AND newer.key = changes.key)"
    )
    for kind, keys in KEYS.items():
        _note_what_is_there(kind, keys)


def downgrade() -> None:
    op.drop_index("ix_changes_kind_key", "changes")
    op.drop_index("ix_answers_made_utc", "answers")
    op.drop_table("answers")


def _note_what_is_there(kind: str, keys: str) -> None:
    """Who begins a copy at number 0 gets everything, also what came before changes were noted."""
    changes = sa.table(
        "changes",
        sa.column("kind", sa.String),
        sa.column("key", sa.String),
        sa.column("gone", sa.Boolean),
        sa.column("at_utc", INSTANT),
    )
    connection = op.get_bind()
    query = sa.select(changes.c.key).where(changes.c.kind == kind)
    known = set(connection.scalars(query))
    now_utc = datetime.now(UTC)
    missing = [key for key in connection.scalars(sa.text(keys)) if key not in known]
    rows = [{"kind": kind, "key": key, "gone": False, "at_utc": now_utc} for key in missing]
    if rows:
        op.bulk_insert(changes, rows)
