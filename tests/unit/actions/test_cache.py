from pathlib import Path

from tests.sites import MemorySite

from autonomous_cicd.actions.cache import KEPT, Cache

USES = "actions/cache/save@v4"


def tarring(site: MemorySite) -> None:
    """Have the archive that tar would write be there."""
    site.own(site.temp / "cache")
    (site.temp / "cache/cache.tar").write_text("archive")


async def test_what_tar_cannot_pack_is_not_kept(tmp_path: Path) -> None:
    site = MemorySite(tmp_path, codes={"tar": 2})
    site.write("data/x", "1")
    assert (await site.use(Cache(), USES, path="data", key="k")).passed
    assert not (site.caches / "actions").exists()


async def test_the_oldest_entries_go(tmp_path: Path) -> None:
    site = MemorySite(tmp_path)
    site.write("data/x", "1")
    for number in range(KEPT + 2):
        tarring(site)
        await site.use(Cache(), USES, path="data", key=f"k{number}")
    kept = [entry.suffix for entry in (site.caches / "actions").iterdir()]
    assert (KEPT, KEPT) == (kept.count(".json"), kept.count(".tar"))


async def test_no_archive_is_taken_through_a_link(tmp_path: Path) -> None:
    site = MemorySite(tmp_path)
    site.write("data/x", "1")
    site.own(site.temp / "cache")
    (tmp_path / "secret").write_text("secret")
    (site.temp / "cache/cache.tar").symlink_to(tmp_path / "secret")
    outcome = await _refused(site)
    assert "symbolic" in outcome
    assert [] == [entry for entry in (site.caches / "actions").iterdir() if entry.suffix == ".tar"]


async def _refused(site: MemorySite) -> str:
    try:
        await site.use(Cache(), USES, path="data", key="k")
    except OSError as error:
        return str(error)
    return ""


async def test_a_key_is_saved_once(tmp_path: Path) -> None:
    site = MemorySite(tmp_path)
    site.write("data/x", "1")
    tarring(site)
    await site.use(Cache(), USES, path="data", key="k")
    count = len(site.executed)
    await site.use(Cache(), USES, path="data", key="k")
    assert count == len(site.executed)


async def test_what_is_shared_anyway_is_not_kept_again(tmp_path: Path) -> None:
    class Sharing(MemorySite):
        def shared(self, place: Path) -> bool:
            return True

    site = Sharing(tmp_path)
    site.write("data/x", "1")
    await site.use(Cache(), USES, path="data\ndata/*", key="k")
    assert [] == site.executed
