"""Which code the samples of a chunk are in."""

import sqlalchemy as sa
from alembic import op

from lumbar_server.store import chunk_codec, sources

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RAW = sa.text("codec = 0")


def upgrade() -> None:
    codec = sa.Column("codec", sa.SmallInteger(), server_default="0", nullable=False)
    op.add_column("chunks", codec)
    op.create_index(
        "ix_chunks_raw",
        "chunks",
        ["stream_id", "first_index"],
        sqlite_where=RAW,
        postgresql_where=RAW,
    )


def downgrade() -> None:
    _make_raw(op.get_bind())
    op.drop_index("ix_chunks_raw", table_name="chunks")
    op.drop_column("chunks", "codec")


def _make_raw(connection: sa.Connection) -> None:
    """Write a raw chunk for each source of each compact one."""
    chunks, streams = (
        sa.Table(name, sa.MetaData(), autoload_with=connection) for name in ("chunks", "streams")
    )
    compact = (
        sa.select(chunks.c.stream_id, chunks.c.first_index, streams.c.channels)
        .join_from(chunks, streams, chunks.c.stream_id == streams.c.stream_id)
        .where(chunks.c.codec != 0)
    )
    for stream_id, first_index, channels in connection.execute(compact).all():
        is_it = (chunks.c.stream_id == stream_id) & (chunks.c.first_index == first_index)
        row = connection.execute(sa.select(chunks).where(is_it)).one()
        samples = chunk_codec.decode(row.data, row.n, channels)
        raw, at = [], 0
        for source in sources.decode(row.observations):
            raw.append(
                {
                    "stream_id": stream_id,
                    "first_index": first_index + at,
                    "n": source.n,
                    "live": source.live,
                    "gateway_boot": source.gateway_boot,
                    "observations": source.packets,
                    "data": samples[at : at + source.n].astype("<i2", copy=False).tobytes(),
                    "codec": 0,
                }
            )
            at += source.n
        connection.execute(sa.delete(chunks).where(is_it))
        connection.execute(sa.insert(chunks), raw)
