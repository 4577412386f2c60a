"""Names in changes"""

from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # hash: a name may be longer than an entry of a B-tree of PostgreSQL
    op.create_index('ix_change_subject', 'change', ['subject'], unique=False, postgresql_using='hash')
    op.create_index('ix_change_object', 'change', ['object'], unique=False, postgresql_using='hash')


def downgrade() -> None:
    op.drop_index('ix_change_object', 'change')
    op.drop_index('ix_change_subject', 'change')
