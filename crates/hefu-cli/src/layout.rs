//! Where things lie in a folder made by `hefu init`. Every zone has a folder of its own, so that it can be moved to a
//! machine of its own.

use std::path::{Path, PathBuf};

/// The folder and its zones.
#[derive(Clone, Debug)]
pub(crate) struct Layout(PathBuf);

/// A zone with a device of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// The roots: kept apart, needed in ceremonies only.
    Root,
    Ra,
    Ca,
    Kmc,
    Status,
}

impl Room {
    /// All of them, in the order of the road.
    pub(crate) const ALL: [Self; 5] = [Self::Root, Self::Ra, Self::Ca, Self::Kmc, Self::Status];

    /// Those that keep records.
    pub(crate) const ZONES: [Self; 4] = [Self::Ra, Self::Ca, Self::Kmc, Self::Status];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Ra => "ra",
            Self::Ca => "ca",
            Self::Kmc => "kmc",
            Self::Status => "status",
        }
    }
}

impl Layout {
    pub(crate) fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    pub(crate) fn file(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    pub(crate) fn room(&self, room: Room) -> PathBuf {
        self.0.join(room.name())
    }

    /// A file in a zone's folder.
    pub(crate) fn within(&self, room: Room, name: &str) -> PathBuf {
        self.room(room).join(name)
    }

    pub(crate) fn device(&self, room: Room) -> PathBuf {
        self.within(room, "keys")
    }

    pub(crate) fn passphrase(&self, room: Room) -> PathBuf {
        self.within(room, "passphrase")
    }

    /// The public key that signs a zone's checkpoints.
    pub(crate) fn records_key(&self, room: Room) -> PathBuf {
        self.within(room, &format!("records-{}.pub", room.name()))
    }

    pub(crate) fn ceremonies(&self) -> PathBuf {
        self.0.join("ceremonies")
    }

    pub(crate) fn officers(&self) -> PathBuf {
        self.0.join("officers")
    }
}
