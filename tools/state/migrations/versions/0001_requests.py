"""Share requests, what happened to each, and data that was asked for and is not there."""

import sqlalchemy as sa
from alembic import op

revision = "0001_requests"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "share_request",
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("department", sa.String(200), nullable=False),
        sa.Column("officer", sa.String(200), nullable=False),
        sa.Column("dataset", sa.String(200), nullable=False),
        sa.Column("provider", sa.String(200), nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("updated", sa.DateTime, nullable=False),
        sa.Column("submitted", sa.Date),
        sa.Column("ends", sa.Date),
        sa.Column("submission", sa.String(64)),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_share_request"),
        sa.UniqueConstraint("submission", name="uq_share_request_submission"),
    )
    for column in ("state", "department", "provider", "dataset"):
        op.create_index(f"ix_share_request_{column}", "share_request", [column])
    op.create_table(
        "share_request_event",
        sa.Column("request", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("department", sa.String(200), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("before", sa.String(20), nullable=False),
        sa.Column("after", sa.String(20), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("request", "position", name="pk_share_request_event"),
        sa.ForeignKeyConstraint(
            ["request"], ["share_request.number"], name="fk_share_request_event_request", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "data_demand",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("department", sa.String(200), nullable=False),
        sa.Column("officer", sa.String(200), nullable=False),
        sa.Column("wanted", sa.String(400), nullable=False),
        sa.Column("purpose", sa.String(400), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_data_demand"),
    )


def downgrade() -> None:
    op.drop_table("data_demand")
    op.drop_table("share_request_event")
    op.drop_table("share_request")
