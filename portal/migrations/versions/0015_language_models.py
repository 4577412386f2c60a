"""Language models that administrators enter"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('model_profile',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('preset', sa.String(length=20), nullable=False),
    sa.Column('base_url', sa.String(length=500), nullable=False),
    sa.Column('model', sa.String(length=120), nullable=False),
    sa.Column('key_sealed', sa.Text(), nullable=True),
    sa.Column('key_set_by', sa.Integer(), nullable=True),
    sa.Column('key_set_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('timeout', sa.Float(), nullable=False),
    sa.Column('in_flight', sa.Integer(), nullable=False),
    sa.Column('context_window', sa.Integer(), nullable=False),
    sa.Column('max_tokens', sa.Integer(), nullable=False),
    sa.Column('price_in', sa.Float(), nullable=False),
    sa.Column('price_out', sa.Float(), nullable=False),
    sa.Column('in_chat', sa.Boolean(), nullable=False),
    sa.Column('changed_by', sa.Integer(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['key_set_by'], ['user_account.id'], ),
    sa.ForeignKeyConstraint(['changed_by'], ['user_account.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('model_role',
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('profile_id', sa.Integer(), nullable=True),
    sa.Column('changed_by', sa.Integer(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['profile_id'], ['model_profile.id'], ),
    sa.ForeignKeyConstraint(['changed_by'], ['user_account.id'], ),
    sa.PrimaryKeyConstraint('role')
    )


def downgrade() -> None:
    op.drop_table('model_role')
    op.drop_table('model_profile')
