"""Corrections by members, and what they took away"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('edit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('rag_id', sa.Integer(), nullable=False),
    sa.Column('cycle_id', sa.Integer(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('target', sa.String(length=32), nullable=False),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('problem', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id']),
    sa.ForeignKeyConstraint(['cycle_id'], ['cycle.id']),
    sa.ForeignKeyConstraint(['rag_id'], ['rag.id']),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('edit', schema=None) as batch_op:
        batch_op.create_index('ix_edit_waiting', ['rag_id', 'created_by', 'cycle_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_edit_cycle_id'), ['cycle_id'], unique=False)

    with op.batch_alter_table('remembered', schema=None) as batch_op:
        batch_op.add_column(sa.Column('note', sa.String(length=1000), nullable=False, server_default=''))


def downgrade() -> None:
    with op.batch_alter_table('remembered', schema=None) as batch_op:
        batch_op.drop_column('note')

    with op.batch_alter_table('edit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_edit_cycle_id'))
        batch_op.drop_index('ix_edit_waiting')

    op.drop_table('edit')
