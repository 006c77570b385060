//! The profiles compiled in. Each stands after the one it is like.

use crate::profile::Profiles;

/// Name and TOML of each.
const TEXTS: [(&str, &str); 23] = [
    ("person-sm2", include_str!("../../profiles/person-sm2.toml")),
    (
        "person-sm2-single",
        include_str!("../../profiles/person-sm2-single.toml"),
    ),
    ("person-p256", include_str!("../../profiles/person-p256.toml")),
    (
        "person-international",
        include_str!("../../profiles/person-international.toml"),
    ),
    ("organisation-sm2", include_str!("../../profiles/organisation-sm2.toml")),
    (
        "organisation-sm2-single",
        include_str!("../../profiles/organisation-sm2-single.toml"),
    ),
    (
        "organisation-p256",
        include_str!("../../profiles/organisation-p256.toml"),
    ),
    (
        "organisation-international",
        include_str!("../../profiles/organisation-international.toml"),
    ),
    ("staff-sm2", include_str!("../../profiles/staff-sm2.toml")),
    ("staff-sm2-single", include_str!("../../profiles/staff-sm2-single.toml")),
    ("staff-p256", include_str!("../../profiles/staff-p256.toml")),
    (
        "staff-international",
        include_str!("../../profiles/staff-international.toml"),
    ),
    ("device-sm2", include_str!("../../profiles/device-sm2.toml")),
    (
        "device-sm2-single",
        include_str!("../../profiles/device-sm2-single.toml"),
    ),
    ("device-p256", include_str!("../../profiles/device-p256.toml")),
    (
        "device-international",
        include_str!("../../profiles/device-international.toml"),
    ),
    ("tls-server", include_str!("../../profiles/tls-server.toml")),
    ("tls-server-sm2", include_str!("../../profiles/tls-server-sm2.toml")),
    ("tls-client", include_str!("../../profiles/tls-client.toml")),
    ("root", include_str!("../../profiles/root.toml")),
    ("issuing", include_str!("../../profiles/issuing.toml")),
    ("ocsp-signer", include_str!("../../profiles/ocsp-signer.toml")),
    ("timestamp-signer", include_str!("../../profiles/timestamp-signer.toml")),
];

/// Reads them. A profile that does not parse is left out; a test proves that none is.
pub(super) fn profiles() -> Profiles {
    let mut profiles = Profiles::default();
    for (_, text) in TEXTS {
        let read = profiles.add(text);
        debug_assert!(read.is_ok(), "{read:?}");
    }
    profiles
}

pub(super) fn text(name: &str) -> Option<&'static str> {
    TEXTS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_profile_compiled_in_is_sound_and_bears_the_name_of_its_file() {
        let mut profiles = Profiles::default();
        for (name, text) in TEXTS {
            assert_eq!(profiles.add(text).unwrap().name(), name);
        }
    }

    #[test]
    fn a_profile_is_read_again_from_its_whole_text() {
        let running = profiles();
        for profile in running.iter() {
            let text = running.text(profile.name()).unwrap();
            let mut alone = Profiles::default();
            let again = alone.add(&text).unwrap();
            assert_eq!(format!("{again:?}"), format!("{profile:?}"));
        }
        assert!(running.text("nobody").is_none());
    }
}
