"""Calls by document"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('model_call', schema=None) as batch_op:
        batch_op.add_column(sa.Column('revision_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_model_call_revision_id'), ['revision_id'], unique=False)
        batch_op.create_foreign_key('fk_model_call_revision_id', 'revision', ['revision_id'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('model_call', schema=None) as batch_op:
        batch_op.drop_constraint('fk_model_call_revision_id', type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_model_call_revision_id'))
        batch_op.drop_column('revision_id')
