"""Whatever touches a database is tested on both: a test names neither, it takes what it is given.

``tests/support/databases.py`` has the parameters; PostgreSQL is in ``make test-full``.
"""

from pathlib import Path

TESTS = Path(__file__).parents[2]
SQLITE_ALONE = {
    "e2e/test_first_visit.py": "what the browser shows; the API has both",
    "e2e/test_kills.py": "programs in processes of their own, as in a household",
    "e2e/test_replay.py": "lumbar replay keeps a file",
    "integration/test_deploy_backup.py": "a household's folder; either database is in unit/server",
    "integration/test_deploy_copies.py": "a household's file; its copy goes into both",
    "integration/test_deploy_export.py": "exports out of what lumbar replay keeps",
    "integration/test_deploy_services.py": "settings of programs; the soak has PostgreSQL",
    "integration/test_deploy_systemd.py": "settings of units",
    "integration/test_edits_at_once.py": "a full disk and a held file; PostgreSQL goes away",
    "integration/test_movement_pages.py": "what the browser shows; no row is read",
    "integration/test_record_browser.py": "what the browser shows; the pages' forms have both",
    "integration/test_server_accessible.py": "what the browser shows; the API has both",
    "integration/test_server_assets.py": "scripts; no row is read",
    "integration/test_server_foreign_page.py": "what is refused before a row is read",
    "integration/test_server_guard.py": "who may ask; no row is read",
    "integration/test_worker_delivery.py": "a folder that is mounted late; a refused worker",
    "soak/test_soak_verdict.py": "the verdict on the database; the soak has both",
    "unit/deploy/test_cli.py": "a message",
    "unit/server/test_backup.py": "backups are files; each database makes and takes them",
    "unit/server/test_ingest_database.py": "the moods of a file",
}


def test_a_test_that_names_sqlite_says_why() -> None:
    files = [path for path in TESTS.rglob("test_*.py") if path != Path(__file__)]
    named = {
        path.relative_to(TESTS).as_posix() for path in files if "sqlite:///" in path.read_text()
    }
    assert named == SQLITE_ALONE.keys(), "use the fixtures engine or url, or add it with why"
