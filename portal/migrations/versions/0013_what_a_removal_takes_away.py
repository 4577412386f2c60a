"""What a removal takes away"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('cycle', schema=None) as batch_op:
        batch_op.add_column(sa.Column('removes', sa.Integer(), nullable=True))
        batch_op.create_foreign_key('fk_cycle_removes', 'document', ['removes'], ['id'])
    op.execute('UPDATE cycle SET removes = (SELECT id FROM document WHERE removal_cycle_id = cycle.id)')
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_column('removal_cycle_id')


def downgrade() -> None:
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.add_column(sa.Column('removal_cycle_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key('fk_document_removal', 'cycle', ['removal_cycle_id'], ['id'])
    op.execute('UPDATE document SET removal_cycle_id = (SELECT max(id) FROM cycle WHERE removes = document.id)')
    with op.batch_alter_table('cycle', schema=None) as batch_op:
        batch_op.drop_column('removes')
