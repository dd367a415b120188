"""The database's files as an operator handles them, and as accidents do."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path


class Files:
    """The database's files, as an operator handles them; `kept` holds what was kept of them earlier."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"
        self.folder.mkdir()
        self.kept = folder / "kept.db"
        self.know_as(self.folder / "giftbot.db")

    def know_as(self, name: Path) -> None:
        """Know the database by this name."""
        self.database = name
        self.wal, self.shm, self.note = (Path(f"{name}-{what}") for what in ("wal", "shm", "run"))

    def content(self) -> dict[str, bytes]:
        """What is in the database, as far as it is on the disk; the -shm is only an index."""
        return {file.name: file.read_bytes() for file in (self.database, self.wal) if file.exists()}

    def copy(self) -> None:
        """Copy the file alone, as it is on the disk, with its times."""
        shutil.copy2(self.database, self.kept)

    def back_up(self) -> None:
        """Back it up as `sqlite3 giftbot.db ".backup kept.db"` does."""
        with closing(sqlite3.connect(self.database)) as source, closing(sqlite3.connect(self.kept)) as target:
            source.backup(target)

    def vacuum(self) -> None:
        """Back it up as VACUUM INTO does."""
        with closing(sqlite3.connect(self.database)) as source:
            source.execute("VACUUM INTO ?", (str(self.kept),))

    def symbolic_link(self) -> Path:
        """Another name that leads to the file."""
        link = self.folder / "link.db"
        link.symlink_to(self.database)
        return link

    def link_to_folder(self) -> Path:
        """Another name that leads to the folder."""
        link = self.folder.with_name("link")
        link.symlink_to(self.folder)
        return link / self.database.name

    def hard_link(self) -> Path:
        """Another name of the file, beside which nothing else is."""
        link = self.folder / "link.db"
        link.hardlink_to(self.database)
        return link

    def without_others(self) -> Path:
        """The same name, when everything is removed that is not SQLite's."""
        for file in {*self.folder.iterdir()} - {self.database, self.wal, self.shm}:
            file.unlink()
        return self.database

    def copy_over(self) -> None:
        """`cp kept.db giftbot.db`: the same file with other content."""
        shutil.copyfile(self.kept, self.database)

    def copy_over_with_times(self) -> None:
        """`cp -p kept.db giftbot.db`."""
        shutil.copy2(self.kept, self.database)

    def move_over(self) -> None:
        """`mv kept.db giftbot.db`: another file."""
        self.kept.replace(self.database)

    def restore(self) -> None:
        """Restore it as `sqlite3 giftbot.db ".restore kept.db"` does."""
        with closing(sqlite3.connect(self.kept)) as source, closing(sqlite3.connect(self.database)) as target:
            source.backup(target)

    def remove_wal(self) -> None:
        """What has to be done before a backup is put in place."""
        self.wal.unlink(missing_ok=True)
        self.shm.unlink(missing_ok=True)

    def remove_all(self) -> None:
        """`rm giftbot.db*`."""
        for file in self.folder.glob(f"{self.database.name}*"):
            file.unlink()

    def move_file(self) -> None:
        """Give the file another name, and nothing that is beside it."""
        self.database.rename(self.folder / "moved.db")

    def move_folder(self) -> None:
        """Give the folder another name."""
        self.folder.rename(self.folder.with_name("moved"))

    def put_in_place(self, backup: Path) -> None:
        """Move everything away that is there, and put this in its place, as giftbot says."""
        away = self.folder.with_name("away")
        away.mkdir()
        self.folder.mkdir(exist_ok=True)
        for file in (self.database, self.wal, self.shm, self.note):
            if file.exists():
                file.rename(away / file.name)
        backup.rename(self.database)

    def move_elsewhere(self, *names: str) -> None:
        """Copy these files into a new folder, whose name becomes the old one's."""
        former = self.folder.with_name("former")
        self.folder.rename(former)
        self.folder.mkdir()
        for name in names:
            if (former / name).exists():
                shutil.copyfile(former / name, self.folder / name)
