"""The databases and queues that other tests stand on are real, empty and apart."""

import redis as redis_client
import sqlalchemy


def test_sql_is_empty_and_ours(sql_url: str) -> None:
    engine = sqlalchemy.create_engine(sql_url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE t (n INTEGER)"))
        connection.execute(sqlalchemy.text("INSERT INTO t VALUES (1)"))
        assert connection.execute(sqlalchemy.text("SELECT count(*) FROM t")).scalar() == 1
    engine.dispose()


def test_queue_is_empty_and_keeps(redis_url: str) -> None:
    with redis_client.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("k", "v")
        assert client.config_get("appendonly") == {"appendonly": "yes"}
