"""What a set was called live, beside what it is called when all of it is known."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sets", sa.Column("told_live", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("sets", "told_live")
