"""The configuration: what is read, and that every mistake is told with its place and its remedy."""

from __future__ import annotations

import contextlib
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.config import Config, load
from archive.errors import ConfigError
from archive.model import ActorKind, FullText, Tenure

REPOSITORY = Path(__file__).parents[1]

COMPLETE = """\
archive:
  database: sqlite:///data/archive.db
  contact: editor@example.org
  allow: [127.0.0.1, 10.1.0.0/16, Wire.Internal, "::1"]
defaults: {every: 2h, full_text: never, language: no}
feeds:
  - {id: wire, url: wire.xml}
  - {id: post, url: "https://post.example/rss", title: The Post, every: 90s, full_text: always, language: pt-BR}
topics:
  - id: harbour-toll
    proposition: The harbour toll should be abolished
    terms: [harbour toll, "abolish the toll"]
    context: [port]
actors: actors.yaml
"""

ACTORS = """\
- name: Ánna Lind
  kind: person
  aliases: [A. Lind]
  offices: [{office: Minister of Ports, speaks_for: Norland, since: 2022-10-01, until: 2024-05-01}]
- {id: nl, name: Norland, kind: country}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "actors.yaml").write_text(ACTORS, encoding="utf-8")
    return tmp_path


def read(folder: Path, text: str | bytes) -> Config:
    path = folder / "feeds.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path, {})


def test_a_complete_file_is_read_whole(folder: Path) -> None:
    config = read(folder, COMPLETE)
    assert config.path == folder / "feeds.yaml"
    assert config.settings.database == f"sqlite:///{folder}/data/archive.db"
    assert config.settings.contact == "editor@example.org"
    assert config.settings.allow == ("127.0.0.1/32", "10.1.0.0/16", "wire.internal", "::1/128")
    wire, post = config.feeds
    assert (wire.url, wire.every, wire.full_text) == (str(folder / "wire.xml"), timedelta(hours=2), FullText.NEVER)
    assert wire.language == "no", "Norwegian, not false"
    assert (post.url, post.every, post.title) == ("https://post.example/rss", timedelta(seconds=90), "The Post")
    assert (post.full_text, post.language) == (FullText.ALWAYS, "pt-BR")
    (topic,) = config.topics
    assert (topic.terms, topic.context) == (("harbour toll", "abolish the toll"), ("port",))
    lind, norland = config.actors
    assert (lind.id, lind.kind, lind.aliases) == ("anna-lind", ActorKind.PERSON, ("A. Lind",))
    assert lind.offices == (
        Tenure(office="Minister of Ports", speaks_for="Norland", since=date(2022, 10, 1), until=date(2024, 5, 1)),
    )
    assert norland.id == "nl"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "feeds:\ntopics:\n", "\ufefffeeds: []\n"])
def test_an_empty_file_is_an_empty_configuration(folder: Path, text: str) -> None:
    config = read(folder, text)
    assert (config.feeds, config.topics, config.actors) == ((), (), ())
    assert config.settings.database == f"sqlite:///{folder}/archive.db"


def test_the_file_of_the_repository_is_sound() -> None:
    config = load(REPOSITORY / "feeds.yaml", {})
    assert config.feeds[0].id == "example"
    assert Path(config.feeds[0].url).is_file()
    assert len([feed for feed in config.feeds if feed.url.startswith("https://")]) >= 12
    assert {topic.id for topic in config.topics} == {"harbour-toll", "night-ferries"}
    assert config.actors


def test_the_environment_names_the_file_and_the_database(folder: Path) -> None:
    path = folder / "other.yaml"
    path.write_text("archive: {database: 'sqlite:///a.db'}\n")
    config = load(None, {"ARCHIVE_CONFIG": str(path), "ARCHIVE_DATABASE": "sqlite:///b.db"})
    assert config.settings.database == f"sqlite:///{folder}/b.db"


def test_without_argument_or_environment_the_file_is_feeds_yaml_here(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "feeds.yaml").write_text("feeds: [{id: a, url: a.xml}]\n")
    monkeypatch.chdir(folder)
    assert load(None, {}).feeds[0].url == str(folder / "a.xml")
    (folder / "feeds.yaml").write_text("feed: []\n")
    with pytest.raises(ConfigError, match=r"^feeds\.yaml:1: "):
        load(None, {})


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("postgresql://user@db/archive", "postgresql+psycopg://user@db/archive"),
        ("postgres://user@db/archive", "postgresql+psycopg://user@db/archive"),
        (
            "postgresql+psycopg://user@db/archive?sslmode=require",
            "postgresql+psycopg://user@db/archive?sslmode=require",
        ),
        ("sqlite:////var/lib/archive.db", "sqlite:////var/lib/archive.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite+pysqlite:////a.db?timeout=5", "sqlite:////a.db?timeout=5"),
    ],
)
def test_database_urls_are_normalised(folder: Path, written: str, used: str) -> None:
    assert read(folder, f"archive: {{database: '{written}'}}").settings.database == used


TOPIC = "topics:\n  - {id: t, proposition: P, terms: [x]}\n"
MISTAKES = {
    "unknown key at the top": ("feeeds: []\n", 1, "unknown key 'feeeds'", "Did you mean 'feeds'?"),
    "unknown key in a feed": ("feeds:\n  - id: a\n    ulr: b\n", 3, "unknown key 'ulr'", "Did you mean 'url'?"),
    "unknown key far from all": ("zzz: 1\n", 1, "unknown key 'zzz'", "Known keys: archive, defaults"),
    "bad duration": ("feeds:\n  - {id: a, url: b,\n     every: 15 minutes}\n", 3, "'15 minutes'", "15m"),
    "no duration": ("defaults: {every: 0s}\n", 1, "defaults.every: '0s'", "30s"),
    "endless duration": ("defaults: {every: 99999999d}\n", 1, "between 1s and 365d", "1d"),
    "duplicate feed": ("feeds:\n- {id: a, url: b}\n- {id: a, url: c}\n", 3, "feed id 'a' is taken, at ", "own id"),
    "duplicate topic": (TOPIC + "  - {id: t, proposition: Q, terms: [y]}\n", 3, "yaml:2", "own id"),
    "duplicate key": ("feeds: []\ntopics: []\nfeeds: []\n", 3, "'feeds' is given twice", "yaml:1"),
    "topic without terms": ("topics:\n  - id: t\n    proposition: P\n", 2, "terms is missing", "Add terms"),
    "topic with no terms": ("topics:\n- {id: t, proposition: P,\n   terms: []}\n", 3, "has no terms", "terms: ["),
    "empty term": (
        "topics:\n- {id: t, proposition: P, terms: [a, '']}\n",
        2,
        "topics[1].terms[2]: the text is empty",
        "",
    ),
    "null term": ("topics:\n- {id: t, proposition: P, terms: [a, ~]}\n", 2, "topics[1].terms[2]", ""),
    "text for a list": ("feeds: a\n", 1, "feeds: expected a list, found the text 'a'", "feeds: ["),
    "list for a text": ("feeds: [{id: [a], url: b}]\n", 1, "feeds[1].id: expected a text, found a list", "id: value"),
    "text for a mapping": ("feeds: [a]\n", 1, "feeds[1]: expected keys with values", "id, url"),
    "list for the file": ("- a\n", 1, "expected keys with values, found a list", "archive, defaults"),
    "keys for a key": ("{[a]: b}\n", 1, "expected a text, found a list", ""),
    "feed without url": ("feeds:\n  - id: a\n", 2, "feeds[1]: url is missing", "Add url"),
    "feed without id": ("feeds:\n  - url: a\n", 2, "id is missing", "Add id"),
    "bad scheme": ("feeds: [{id: a, url: 'ftp://h/x'}]\n", 1, "scheme 'ftp'", "http"),
    "script as url": ("feeds: [{id: a, url: 'javascript:x'}]\n", 1, "scheme 'javascript'", "http"),
    "url without host": ("feeds: [{id: a, url: 'http://'}]\n", 1, "not a complete URL", "https://host"),
    "url with a blank": ("feeds: [{id: a, url: 'http://h/a b'}]\n", 1, "not a complete URL", "https://host"),
    "url with a bad port": ("feeds: [{id: a, url: 'http://h:x/'}]\n", 1, "not a complete URL", "https://host"),
    "url with a bad address": ("feeds: [{id: a, url: 'http://[::1/'}]\n", 1, "not a complete URL", "https://host"),
    "url with a password": ("feeds: [{id: a, url: 'http://u:p@h/'}]\n", 1, "user name", "Leave it out"),
    "bad id": ("feeds: [{id: Ab c, url: x}]\n", 1, "'Ab c' cannot be an id", "a to z"),
    "id that begins with a dot": ("feeds: [{id: .a, url: x}]\n", 1, "'.a' cannot be an id", "a to z"),
    "bad full_text": ("defaults: {full_text: yes}\n", 1, "'yes' is not possible here", "auto, always, never"),
    "bad language": ("defaults: {language: English!}\n", 1, "'English!' is no language tag", "BCP 47"),
    "bad host": ("archive: {allow: ['a b']}\n", 1, "neither a host nor a network", "10.1.0.0/16"),
    "network with host bits": ("archive: {allow: [10.1.0.1/16]}\n", 1, "neither a host nor a network", "10.1"),
    "bad address": ("archive: {allow: [127.0.0.1.9]}\n", 1, "neither a host nor a network", "127.0.0.1"),
    "unknown database": ("archive:\n  database: mysql://h/x\n", 2, "'mysql'", "sqlite:///"),
    "no database url": ("archive:\n  database: archive.db\n", 2, "not a database URL", "sqlite:///"),
    "missing registry": ("actors: nobody.yaml\n", 1, "no file", "Correct the path"),
    "unclosed bracket": ("feeds:\n  - {id: a\n", 3, "not readable YAML", "Mend the line"),
    "tab": ("feeds:\n\t- a\n", 2, "not readable YAML", "Mend the line"),
    "control character": ("feeds: []\ntopics: []\n# \x07\n", 3, "not readable YAML", "Mend the line"),
    "two documents": ("feeds: []\n---\nfeeds: []\n", 2, "not readable YAML", ""),
    "alias": ("defaults: &d {}\narchive: *d\n", 2, "aliases are not taken", "Write the value out"),
    "deep nesting": ("feeds:\n " + "[" * 5000, 2, "levels of nesting", ""),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_is_one_line_with_place_and_remedy(folder: Path, mistake: str) -> None:
    text, line, what, remedy = MISTAKES[mistake]
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    message = str(caught.value)
    assert caught.value.where == f"{folder / 'feeds.yaml'}:{line}"
    assert what in message
    assert caught.value.remedy
    assert remedy in caught.value.remedy
    assert "\n" not in message


REGISTRY_MISTAKES = {
    "unknown kind": ("- {name: A, kind: robot}\n", 1, "'robot' is not possible here"),
    "no kind": ("- {name: A}\n", 1, "kind is missing"),
    "duplicate actor": ("- {name: A, kind: person}\n- {name: a., kind: person}\n", 2, "actor id 'a' is taken"),
    "name without letters a to z": ("- {name: Анна, kind: person}\n", 1, "no id can be made"),
    "no date": ("- name: A\n  kind: person\n  offices:\n  - {office: X, since: 2024-13-01}\n", 4, "is no date"),
    "compact date": ("- {name: A, kind: person, offices: [{office: X, until: 20240101}]}\n", 1, "is no date"),
    "office that ends first": (
        "- {name: A, kind: person, offices: [{office: X, since: 2024-02-01, until: 2024-01-01}]}\n",
        1,
        "ends before it begins",
    ),
    "mapping": ("name: A\n", 1, "expected a list"),
}


@pytest.mark.parametrize("mistake", REGISTRY_MISTAKES)
def test_mistakes_of_the_registry_name_the_registry(folder: Path, mistake: str) -> None:
    text, line, what = REGISTRY_MISTAKES[mistake]
    (folder / "actors.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(what)) as caught:
        read(folder, "actors: actors.yaml\n")
    assert caught.value.where == f"{folder / 'actors.yaml'}:{line}"


def test_an_empty_registry_has_no_actors(folder: Path) -> None:
    (folder / "actors.yaml").write_text("# nobody yet\n")
    assert read(folder, "actors: actors.yaml\n").actors == ()


def test_a_missing_file_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read: No such file.*ARCHIVE_CONFIG"):
        load(tmp_path / "feeds.yaml", {})


def test_a_file_that_is_not_utf8_names_the_line(folder: Path) -> None:
    with pytest.raises(ConfigError, match="byte 0xe9 is not UTF-8") as caught:
        read(folder, b"feeds: []\n# caf\xe9\n")
    assert caught.value.where == f"{folder / 'feeds.yaml'}:2"


def test_a_wrong_variable_is_named_and_its_password_is_not_shown(folder: Path) -> None:
    (folder / "feeds.yaml").write_text("")
    with pytest.raises(ConfigError) as caught:
        load(folder / "feeds.yaml", {"ARCHIVE_DATABASE": "mysql://u:secret@h/x"})
    assert caught.value.where == "ARCHIVE_DATABASE"
    assert "secret" not in str(caught.value)


def test_a_feed_file_that_does_not_exist_is_left_to_the_poll(folder: Path) -> None:
    assert read(folder, "feeds: [{id: a, url: nowhere.xml}]\n").feeds[0].url == str(folder / "nowhere.xml")


@given(st.integers(1, 525_600), st.sampled_from("smhd"))
def test_durations_are_read_as_written(tmp_path_factory: pytest.TempPathFactory, number: int, unit: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    meant = number * {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}.get(
        unit, timedelta(days=1)
    )
    text = f"defaults: {{every: {number}{unit}}}\nfeeds: [{{id: a, url: b}}]\n"
    if meant <= timedelta(days=365):
        assert read(folder, text).feeds[0].every == meant
    else:
        with pytest.raises(ConfigError, match="is no duration"):
            read(folder, text)


@given(st.binary(max_size=200) | st.text("[]{}:,-&*!|>'\"%@`#?ab \n\t", max_size=60).map(str.encode))
def test_whatever_the_file_holds_it_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    with contextlib.suppress(ConfigError):
        read(tmp_path_factory.getbasetemp(), data)
