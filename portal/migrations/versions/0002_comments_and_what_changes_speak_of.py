"""Comments, and what changes speak of"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('comment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cycle_id', sa.Integer(), nullable=False),
    sa.Column('change_id', sa.String(length=64), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('asks', sa.Boolean(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_by', sa.Integer(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by'], ['user_account.id']),
    sa.ForeignKeyConstraint(['cycle_id'], ['cycle.id']),
    sa.ForeignKeyConstraint(['settled_by'], ['user_account.id']),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.create_index('ix_comment_cycle_change', ['cycle_id', 'change_id'], unique=False)

    op.create_table('mention',
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id']),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id']),
    sa.PrimaryKeyConstraint('comment_id', 'user_id')
    )
    with op.batch_alter_table('mention', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mention_user_id'), ['user_id'], unique=False)

    op.create_table('touched',
    sa.Column('cycle_id', sa.Integer(), nullable=False),
    sa.Column('change_id', sa.String(length=64), nullable=False),
    sa.Column('what', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['cycle_id'], ['cycle.id']),
    sa.PrimaryKeyConstraint('cycle_id', 'change_id', 'what')
    )
    with op.batch_alter_table('touched', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_touched_what'), ['what'], unique=False)

    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.add_column(sa.Column('again', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.drop_column('again')

    with op.batch_alter_table('touched', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_touched_what'))

    op.drop_table('touched')
    with op.batch_alter_table('mention', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mention_user_id'))

    op.drop_table('mention')
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.drop_index('ix_comment_cycle_change')

    op.drop_table('comment')
