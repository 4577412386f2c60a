"""Licences and feeds"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('feed_address',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('rag_id', sa.Integer(), nullable=False),
    sa.Column('hint', sa.String(length=16), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['rag_id'], ['rag.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash')
    )
    with op.batch_alter_table('feed_address', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feed_address_rag_id'), ['rag_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_feed_address_user_id'), ['user_id'], unique=False)
    with op.batch_alter_table('rag', schema=None) as batch_op:
        batch_op.add_column(sa.Column('licence', sa.String(length=200), nullable=False, server_default=''))


def downgrade() -> None:
    with op.batch_alter_table('rag', schema=None) as batch_op:
        batch_op.drop_column('licence')
    op.drop_table('feed_address')
