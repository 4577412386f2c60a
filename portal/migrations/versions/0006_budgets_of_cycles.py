"""Budgets of cycles"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('rag', sa.Column('cycle_tokens', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('cycle', sa.Column('budget', sa.Integer(), nullable=False, server_default='0'))
    estimate = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')
    op.add_column('cycle', sa.Column('estimate', estimate, nullable=True))


def downgrade() -> None:
    for table, column in (('cycle', 'estimate'), ('cycle', 'budget'), ('rag', 'cycle_tokens')):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)
