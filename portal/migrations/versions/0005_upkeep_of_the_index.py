"""How far each knowledge base's retrieval index has been looked after"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rag_index",
        sa.Column("rag_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("embedder", sa.String(length=200), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["rag_id"], ["rag.id"]),
        sa.PrimaryKeyConstraint("rag_id"),
    )


def downgrade() -> None:
    op.drop_table("rag_index")
