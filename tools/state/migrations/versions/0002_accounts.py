"""Accounts: users, their sessions and tokens, failed attempts, what was used, sign-ins under way elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0002_accounts"
down_revision = "0001_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_user",
        sa.Column("id", sa.String(60), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("department", sa.String(200), nullable=False),
        sa.Column("district", sa.String(100), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("password", sa.String(200)),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("subject", sa.String(64)),
        sa.Column("created", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account_user"),
        sa.UniqueConstraint("subject", name="uq_account_user_subject"),
    )
    op.create_table(
        "account_session",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("user", sa.String(60), nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("seen", sa.Double, nullable=False),
        sa.Column("ends", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_account_session"),
        sa.ForeignKeyConstraint(["user"], ["account_user.id"], name="fk_account_session_user", ondelete="CASCADE"),
    )
    op.create_table(
        "account_token",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("user", sa.String(60), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("ends", sa.Double, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account_token"),
        sa.ForeignKeyConstraint(["user"], ["account_user.id"], name="fk_account_token_user", ondelete="CASCADE"),
    )
    for table in ("account_session", "account_token"):
        op.create_index(f"ix_{table}_user", table, ["user"])
    op.create_table(
        "account_attempt",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_account_attempt"),
    )
    op.create_table(
        "account_usage",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("key", "day", name="pk_account_usage"),
    )
    op.create_table(
        "account_pending",
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("nonce", sa.String(100), nullable=False),
        sa.Column("verifier", sa.String(200), nullable=False),
        sa.Column("ends", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("state", name="pk_account_pending"),
    )


def downgrade() -> None:
    for table in ("pending", "usage", "attempt", "token", "session", "user"):
        op.drop_table(f"account_{table}")
