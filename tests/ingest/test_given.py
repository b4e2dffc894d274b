"""Pictures are read again from what this user gave on this machine, and from nowhere else."""

from __future__ import annotations

import json
import re
import shutil
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from platformdirs import user_state_path
from support.pictures import write_labels, write_picture

from facestore.images.given import given_sources, named
from facestore.images.pictures import Pictures
from facestore.images.places import ImageSource
from facestore.images.remote import RemoteFile
from facestore.reporting.thumbnails import find_thumbnail
from facestore.store import Store
from facestore.stores import pictures_of


@pytest.fixture
def store(store_is_there, tmp_path, pictures):
    with Store.open(tmp_path / "store") as opened:
        opened.ingest(pictures, dataset="p")
        yield opened


def shown(store) -> int:
    """Return how many samples have a thumbnail."""
    sources = pictures_of(store)
    rows = store.sql("select dataset, path, image_id from samples").fetchall()
    return sum(find_thumbnail(sources.get(of), path, known) is not None for of, path, known in rows)


def test_what_was_ingested_here_is_shown_and_a_copy_of_the_store_is_not(store, tmp_path):
    assert shown(store) == 6
    store.close()
    shutil.copytree(store.path, tmp_path / "copy")
    told = []
    with Store.open(tmp_path / "copy", notify=told.append) as copy:
        assert shown(copy) == 0
        assert len(told) == 1
        assert "was not given to this store on this machine" in told[0]
        copy.ingest(tmp_path / "pictures", dataset="p")  # what the line says
        assert shown(copy) == 6


def test_a_folder_that_is_read_in_another_way_later_is_still_given(tmp_path, pictures):
    labels = write_labels(tmp_path / "l.csv", {"1.jpg": ("20-29", "Male", "White")})
    with Store.open(tmp_path / "other") as store:
        store.ingest(pictures, labels=labels)
        store.ingest(pictures)
        assert set(pictures_of(store)) == {"pictures"}


def test_a_store_that_is_put_in_the_place_of_another_cannot_choose_its_source(store, tmp_path):
    secret = write_picture(tmp_path / "outside" / "1.jpg", seed=9)
    store.execute(f"delete from runs; update datasets set source = '{secret.parent}'")
    assert shown(store) == 0
    store.execute(f"update datasets set source = '/', layout = 'list'")  # noqa: F541
    assert shown(store) == 0


def test_notes_that_others_could_have_written_are_not_taken(store):
    (note,) = (
        each
        for each in (user_state_path("facestore", appauthor=False) / "given").iterdir()
        if json.loads(each.read_text())["store"] == str(store.path.resolve())
    )
    assert note.stat().st_mode & 0o077 == 0
    assert shown(store) == 6
    note.chmod(0o666)
    assert shown(store) == 0
    note.chmod(0o600)
    note.write_text("[]")
    assert shown(store) == 0


def test_a_source_that_was_given_by_a_relative_path_is_found_from_elsewhere(
    store_is_there, tmp_path, pictures, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with Store.open(tmp_path / "store") as opened:
        opened.ingest(pictures.relative_to(tmp_path), dataset="p")
    monkeypatch.chdir("/")
    with Store.open(tmp_path / "store") as opened:
        assert shown(opened) == 6


@pytest.mark.parametrize(
    "path",
    ["../outside/1.jpg", "{outside}/1.jpg", "link.jpg", "linked/1.jpg", "a\0b", r"C:\secret.jpg",
     "../outside/x.tar/1.jpg", "linked/x.parquet/1"],
)  # fmt: skip
@pytest.mark.parametrize("layout", ["folder", "list"])
def test_nothing_outside_the_folder_is_read(tmp_path, pictures, path, layout):
    outside = tmp_path / "outside"
    write_picture(outside / "1.jpg", seed=9)
    (outside / "x.tar").write_bytes(b"")
    (outside / "x.parquet").write_bytes(b"")
    (pictures / "link.jpg").symlink_to(outside / "1.jpg")
    (pictures / "linked").symlink_to(outside)
    source = ImageSource(pictures, layout, (str(pictures.resolve()),))
    inside = source.file("1.jpg").read_bytes()
    try:  # as where a label table calls the picture of the folder so
        assert source.file(path.format(outside=outside)).read_bytes() == inside
    except OSError as error:
        assert re.search("leads out|no name of a file|No such file", str(error))  # noqa: PT017


def test_links_that_the_user_followed_are_followed_again(store_is_there, tmp_path, pictures):
    write_picture(tmp_path / "outside" / "9.jpg", seed=9)
    (pictures / "linked").symlink_to(tmp_path / "outside")
    with Store.open(tmp_path / "store") as store:
        store.ingest(pictures, dataset="p", follow_links=True)
        assert shown(store) == 7


def test_a_picture_without_a_hash_is_not_shown(pictures):
    assert find_thumbnail(Pictures([named(pictures)]), "1.jpg", None) is None


def test_no_source_that_was_not_given_is_even_looked_at(tmp_path):
    assert given_sources(tmp_path, {"d": ["/"]}) == {}


@pytest.fixture
def serve():
    servers = []

    def start(handler):
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def redirect_to(target):
    class Redirect(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302)
            self.send_header("Location", target)
            self.end_headers()

        def log_message(self, *_):
            pass

    return Redirect


def test_addresses_that_were_given_are_read_again_and_no_others(
    store_is_there, tmp_path, pictures, serve
):
    pytest.importorskip("aiohttp")
    here = serve(partial(Quiet, directory=str(pictures)))
    table = tmp_path / "list.csv"
    table.write_text(f"url\n{here}/1.jpg\n{here}/2.jpg\n")
    with Store.open(tmp_path / "store") as store:
        store.ingest(table, dataset="l")
        assert shown(store) == 2
        other = serve(partial(Quiet, directory=str(pictures)))
        store.execute(f"update samples set path = replace(path, '{here}', '{other}')")
        assert shown(store) == 0


def test_a_redirect_into_the_own_network_is_refused(pictures, serve):
    pytest.importorskip("aiohttp")
    inside = serve(partial(Quiet, directory=str(pictures)))
    assert RemoteFile(f"{inside}/1.jpg").read_bytes()
    for target in (f"{inside}/1.jpg", "http://169.254.169.254/latest", "file:///etc/passwd"):
        sent = serve(redirect_to(target))
        with pytest.raises(OSError, match=r"redirected|cannot be had"):
            RemoteFile(f"{sent}/1.jpg").read_bytes()


def test_a_report_of_a_copy_takes_a_folder_that_is_named(store, tmp_path):
    assert Path(store.report(tmp_path / "out", images=True, source=tmp_path / "pictures")).is_file()
    with pytest.raises(ValueError, match=r"`source=.*` without `images=True`"):
        store.report(tmp_path / "out", source=tmp_path / "pictures")
