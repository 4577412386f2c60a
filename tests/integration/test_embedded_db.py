"""The database: migrations agree with the models, transactions behave alike on both servers."""

import threading
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import Session, SQLModel, col, select

from portal import db
from portal.errors import CannotStart, PartDown, PortalError
from portal.models import Rag, User


@pytest.fixture
def engine(sql_url: str) -> Iterator[Engine]:
    made = db.make_engine(sql_url)
    db.upgrade(made)
    yield made
    made.dispose()


def test_migrations_make_what_the_models_say(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    assert db.current(engine)


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(User(email="ann@example.org"))
        session.commit()
    db.upgrade(engine)
    with Session(engine) as session:
        assert session.exec(select(User.email)).all() == ["ann@example.org"]


def test_many_processes_may_upgrade_at_once(sql_url: str) -> None:
    engines = [db.make_engine(sql_url) for _ in range(4)]
    failures: list[Exception] = []

    def upgrade(engine: Engine) -> None:
        try:
            db.upgrade(engine)
        except (SQLAlchemyError, PortalError) as e:
            failures.append(e)

    threads = [threading.Thread(target=upgrade, args=(e,)) for e in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    assert failures == []


def test_a_newer_database_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CannotStart, match="newer"):
        db.upgrade(engine)


def test_reading_then_writing_sees_what_others_committed(engine: Engine) -> None:
    """SQLite alone would refuse the write: its transaction would hold an older snapshot."""
    with Session(engine) as first, Session(engine) as second:
        first.add(User(id=1, email="ann@example.org"))
        first.commit()
        assert first.exec(select(User.name)).all() == [""]
        second.execute(update(User).values(name="Ann"))
        second.commit()
        first.add(Rag(name="Tiny", created_by=1))
        first.commit()
        assert first.exec(select(User.name)).all() == ["Ann"]


def test_writers_wait_for_each_other(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(User(id=1, email="ann@example.org"))
        session.flush()
        session.add(Rag(id=1, name="Tiny", created_by=1))
        session.commit()

    def count() -> None:
        for _ in range(25):
            with Session(engine) as session:
                session.execute(update(Rag).values(cycles=Rag.cycles + 1))
                session.commit()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        assert session.exec(select(Rag.cycles)).one() == 100


def test_what_is_not_committed_is_rolled_back(engine: Engine) -> None:
    with db.session(engine) as session:
        session.add(User(email="ann@example.org"))
        session.flush()
    with db.session(engine) as session:
        assert session.exec(select(col(User.id))).all() == []


def test_foreign_keys_hold(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Rag(name="Nobody's", created_by=404))
        with pytest.raises(IntegrityError):
            session.commit()


def test_times_are_aware(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(User(email="ann@example.org"))
        session.commit()
    with Session(engine) as session:
        assert session.exec(select(User)).one().created_at.utcoffset() is not None


def test_a_database_that_is_not_there_is_said() -> None:
    engine = db.make_engine("postgresql://ferag:x@127.0.0.1:1/ferag")
    with pytest.raises(PartDown, match="database"), db.session(engine) as session:
        session.exec(select(User)).all()
    with pytest.raises(PartDown, match="database"):
        db.ping(engine)
    engine.dispose()
