from pathlib import Path

from tests.sites import MemorySite

from autonomous_cicd.actions.artifacts import DownloadArtifact, UploadArtifact


async def test_what_cannot_be_copied_is_a_failure(tmp_path: Path) -> None:
    site = MemorySite(tmp_path, codes={"cp": 1})
    (site.artifacts / "x").mkdir()
    outcome = await site.use(DownloadArtifact(), "actions/download-artifact@v4", name="x")
    assert "the artifact 'x' could not be copied" == outcome.reason


async def test_one_artifact_that_is_named_by_its_number_needs_no_folder(tmp_path: Path) -> None:
    site = MemorySite(tmp_path)
    (site.artifacts / "x").mkdir()
    await site.use(DownloadArtifact(), "actions/download-artifact@v5", artifact_ids="1", path="to")
    assert ("mkdir", "-p", "--", str(site.workspace / "to")) == site.executed[0]


async def test_names_are_relative_to_the_common_folder(tmp_path: Path) -> None:
    site = MemorySite(tmp_path)
    site.write("out/a", "1")
    await site.use(UploadArtifact(), "actions/upload-artifact@v4", path="out")
    await site.use(UploadArtifact(), "actions/upload-artifact@v4", path="out/*", name="stars")
    assert "stars" in site.uploads
