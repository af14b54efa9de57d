"""What a clock's fit rests on, and everything that is needed to fit it again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "gateway_boots",
        sa.Column("gateway_boot", INTEGER, autoincrement=False, nullable=False),
        sa.Column("wall_offset_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("gateway_boot"),
    )
    # Observations of before do not say how many samples a packet had: no clock can be fitted to
    # them, and without a run of a gateway nobody tries.
    op.add_column("chunks", sa.Column("gateway_boot", INTEGER, nullable=True))
    op.add_column("streams", sa.Column("fit_source", sa.String(length=20), nullable=True))
    op.add_column("streams", sa.Column("fit_observed_s", sa.Double(), nullable=True))
    op.execute(
        "UPDATE streams SET fit_source = 'observed', fit_observed_s = 0"
        " WHERE wall_at_zero_s IS NOT NULL"
    )
    op.drop_column("streams", "fit_arrival_s")


def downgrade() -> None:
    op.add_column("streams", sa.Column("fit_arrival_s", sa.Double(), nullable=True))
    op.execute("UPDATE streams SET fit_arrival_s = 0 WHERE wall_at_zero_s IS NOT NULL")
    op.drop_column("streams", "fit_observed_s")
    op.drop_column("streams", "fit_source")
    op.drop_column("chunks", "gateway_boot")
    op.drop_table("gateway_boots")
