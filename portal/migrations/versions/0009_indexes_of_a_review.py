"""Indexes of a review"""

from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.drop_index('ix_change_cycle_risk')
        batch_op.create_index('ix_change_review', ['cycle_id', 'risk', 'position', 'kind', 'decision', 'verdict', 'again'], unique=False)
        batch_op.create_index('ix_change_counts', ['cycle_id', 'kind', 'decision', 'verdict', 'fit', 'decided_by', 'again', 'change_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.drop_index('ix_change_counts')
        batch_op.drop_index('ix_change_review')
        batch_op.create_index('ix_change_cycle_risk', ['cycle_id', 'risk', 'id'], unique=False)
