//! `hefu init`: from an empty folder to an installation that the daemon can run.
//!
//! ```text
//! passphrases, devices ─▶ keys of each zone ─▶ ceremonies: roots, issuing authorities, OCSP signers, root CRLs
//!                                          └─▶ public keys for the peers ─▶ TLS door ─▶ officers ─▶ configuration
//! ```
//!
//! Everything is made in a folder beside the wanted one and moved there at the end, so that there is a whole installation
//! or none. The five devices derive their keys at the same time: that is most of what an initialisation costs.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    thread,
};

use gm_suite::KeyAlgorithm;
use gm_syntax::pem_text;
use hefu_certificate::Publication;
use jiff::Timestamp;
use key_device::{KeyDevice, SoftwareDevice};
use rust_i18n::t;
use zeroize::Zeroizing;

use crate::{
    ceremony::{self, Authority, KeyPlace, ListOrder, Made, Named},
    configuration::Settings,
    door,
    failure::{Exit, Failure},
    files::{self, Readers},
    layout::{Layout, Room},
    officers,
};

/// Days that the CRL of a root is good: a root comes out of its safe about once a year.
const ROOT_LIST_DAYS: u32 = 397;

/// Texts to start from: they say that they are samples, and `hefu text publish` puts them in force.
const SAMPLE_NOTICE: &str = include_str!("../assets/notice.json");
const SAMPLE_CONTRACT: &str = include_str!("../assets/contract.json");

/// Octets of a passphrase before it is written in hexadecimal: as strong as the keys it protects.
const PASSPHRASE_OCTETS: usize = 32;

/// The hierarchies of a new installation: name, algorithm, how it is called.
const HIERARCHIES: [(&str, KeyAlgorithm, &str); 2] =
    [("sm2", KeyAlgorithm::Sm2, "SM2"), ("p256", KeyAlgorithm::P256, "P-256")];

/// What is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The folder, absent or empty.
    pub(crate) folder: PathBuf,
    /// Where the daemon listens.
    pub(crate) listen: SocketAddr,
    /// Where officers' browsers come in by TLS.
    pub(crate) tls_listen: SocketAddr,
    /// The address that certificates point to.
    pub(crate) public_url: String,
    /// The operator's name.
    pub(crate) name: String,
    /// Whether each role also gets a configuration of its own.
    pub(crate) separate: bool,
}

/// What was made.
pub(crate) struct Installation {
    /// The settings that were written.
    pub(crate) settings: Settings,
    /// Certificates, in the order in which they were made: path in the folder and ceremony.
    pub(crate) certificates: Vec<(String, Made)>,
    /// Officers: name, role.
    pub(crate) officers: Vec<(String, String)>,
}

/// Makes an installation.
pub(crate) fn init(plan: &Plan, now: Timestamp) -> Result<Installation, Failure> {
    refuse_occupied(&plan.folder)?;
    let suffix: [u8; 4] = gm_suite::random().map_err(|why| Failure::fault(t!("fail.random").into_owned(), &why))?;
    let mut name = plan.folder.file_name().unwrap_or_default().to_owned();
    name.push(format!(".part-{}", hex::encode(suffix)));
    let part = plan.folder.with_file_name(name);
    let made = furnish(plan, &part, now).and_then(|installation| {
        let moved = fs::rename(&part, &plan.folder);
        moved.map_err(|error| Failure::unwritable(&plan.folder.display().to_string(), &error))?;
        Ok(installation)
    });
    if made.is_err() {
        // Half an installation is worth nothing, and its keys have signed nothing that anybody trusts.
        drop(fs::remove_dir_all(&part));
    }
    made
}

/// Nothing is ever made over an installation that exists.
fn refuse_occupied(folder: &Path) -> Result<(), Failure> {
    let occupied = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(Failure::unwritable(&folder.display().to_string(), &error)),
    };
    if !occupied {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Usage,
        "occupied",
        t!("init.occupied", folder = folder.display()).into_owned(),
    )
    .why(t!("init.occupied-why").into_owned())
    .now(t!("init.occupied-now").into_owned()))
}

fn furnish(plan: &Plan, part: &Path, now: Timestamp) -> Result<Installation, Failure> {
    let layout = Layout::new(part);
    let settings = Settings {
        listen: plan.listen,
        tls_listen: plan.tls_listen,
        public_url: plan.public_url.trim_end_matches('/').to_owned(),
        name: plan.name.clone(),
        authorities: HIERARCHIES.iter().map(|(name, ..)| (*name).to_owned()).collect(),
    };
    let devices = Devices::make(&layout)?;
    devices.make_service_keys(&layout)?;
    let certificates = hierarchies(&layout, &devices, &settings, now)?;
    let door = door::Door {
        operator: &settings.name,
        address: plan.tls_listen.ip(),
        officers: &officers::names(),
    };
    let bound = door::make(&layout, &door, now)?;
    let officers = officers::enrol(&layout, &bound, now)?;
    write_configuration(plan, &layout, &settings)?;
    Ok(Installation {
        settings,
        certificates,
        officers,
    })
}

/// The unlocked device of each room.
struct Devices(Vec<(Room, SoftwareDevice)>);

impl Devices {
    fn make(layout: &Layout) -> Result<Self, Failure> {
        let made: Vec<Result<(Room, SoftwareDevice), Failure>> = thread::scope(|scope| {
            let make = |room| move || make_device(layout, room).map(|device| (room, device));
            let threads = Room::ALL.map(|room| scope.spawn(make(room)));
            let joined = threads.into_iter().map(|thread| {
                let stopped = |_| Failure::fault(t!("init.no-device").into_owned(), &"thread");
                thread.join().map_err(stopped).and_then(|made| made)
            });
            joined.collect()
        });
        made.into_iter().collect::<Result<_, _>>().map(Self)
    }

    fn get(&self, room: Room) -> Result<&SoftwareDevice, Failure> {
        let found = self.0.iter().find(|(known, _)| *known == room);
        let found = found.map(|(_, device)| device);
        found.ok_or_else(|| Failure::fault(t!("init.no-device").into_owned(), &room.name()))
    }

    /// Keys that need no certificate, and their public halves where the peers look for them.
    fn make_service_keys(&self, layout: &Layout) -> Result<(), Failure> {
        let mut orders = vec![
            (Room::Ra, "ra", layout.within(Room::Ra, "ra.pub")),
            (Room::Ca, "ca-reply", layout.within(Room::Ca, "ca-reply.pub")),
            (Room::Ca, "ca-kmc", layout.within(Room::Ca, "ca-kmc.pub")),
            (Room::Kmc, "kmc", layout.within(Room::Kmc, "kmc.pub")),
        ];
        orders.extend(Room::ZONES.map(|room| (room, "records", layout.records_key(room))));
        for (room, label, path) in orders {
            let made = self.get(room)?.generate(label, KeyAlgorithm::Sm2);
            let key =
                made.map_err(|why| Failure::device(t!("ceremony.key-not-made", label = label).into_owned(), &why))?;
            let pem = pem_text::encode("PUBLIC KEY", key.spki());
            files::create(&path, pem.as_bytes(), Readers::Everybody)?;
        }
        Ok(())
    }
}

fn make_device(layout: &Layout, room: Room) -> Result<SoftwareDevice, Failure> {
    make_private_folder(&layout.room(room))?;
    let random = gm_suite::random::<PASSPHRASE_OCTETS>();
    let random = Zeroizing::new(random.map_err(|why| Failure::fault(t!("fail.random").into_owned(), &why))?);
    let passphrase = Zeroizing::new(hex::encode(*random));
    files::create(&layout.passphrase(room), passphrase.as_bytes(), Readers::Owner)?;
    SoftwareDevice::create(&layout.device(room), passphrase.as_bytes())
        .map_err(|why| Failure::device(t!("init.no-device").into_owned(), &why))
}

#[cfg(unix)]
fn make_private_folder(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| Failure::unwritable(&path.display().to_string(), &error))
}

#[cfg(not(unix))]
fn make_private_folder(path: &Path) -> Result<(), Failure> {
    files::make_folder(path)
}

/// Root, root CRL, issuing authority and OCSP signer of each hierarchy, each by a ceremony with its transcript.
fn hierarchies(
    layout: &Layout,
    devices: &Devices,
    settings: &Settings,
    now: Timestamp,
) -> Result<Vec<(String, Made)>, Failure> {
    let mut certificates = Vec::new();
    files::make_folder(&layout.file("ca/crl"))?;
    for (name, algorithm, called) in HIERARCHIES {
        let hierarchy = Hierarchy {
            layout,
            devices,
            settings,
            name,
            algorithm,
            called,
            now,
        };
        let root = hierarchy.root()?;
        hierarchy.root_list(&root)?;
        let issuing = hierarchy.issuing(&root)?;
        let signer = hierarchy.ocsp_signer(&issuing)?;
        certificates.push((format!("root/root-{name}.crt"), root));
        certificates.push((format!("ca/ca-{name}.crt"), issuing));
        certificates.push((format!("status/ocsp-{name}.crt"), signer));
    }
    for (path, made) in &certificates {
        files::create(&layout.file(path), made.pem().as_bytes(), Readers::Everybody)?;
        made.transcript.save(&layout.ceremonies())?;
    }
    Ok(certificates)
}

/// One hierarchy in the making.
struct Hierarchy<'a> {
    layout: &'a Layout,
    devices: &'a Devices,
    settings: &'a Settings,
    name: &'static str,
    algorithm: KeyAlgorithm,
    called: &'static str,
    now: Timestamp,
}

impl Hierarchy<'_> {
    fn root(&self) -> Result<Made, Failure> {
        let name = format!("{} {} Root", self.settings.name, self.called);
        ceremony::root(
            self.key(Room::Root, &self.label("root"))?,
            self.algorithm,
            self.named("root", &name),
            self.now,
        )
    }

    fn root_list(&self, root: &Made) -> Result<(), Failure> {
        let publication = Publication::nowhere();
        let label = self.label("root");
        let authority = self.authority(Room::Root, &label, root, &publication)?;
        let order = ListOrder {
            revoked: &[],
            days: ROOT_LIST_DAYS,
            number_before: 0,
        };
        let (list, transcript) = ceremony::list(authority, order, self.now)?;
        files::create(
            &self.layout.file(&format!("ca/crl/{}-root.crl", self.name)),
            &list,
            Readers::Everybody,
        )?;
        transcript.save(&self.layout.ceremonies()).map(drop)
    }

    fn issuing(&self, root: &Made) -> Result<Made, Failure> {
        let publication = publication(
            &self.settings.public_url,
            &format!("{}-root", self.name),
            Responder::None,
        )?;
        let (label, above) = (self.label("ca"), self.label("root"));
        let name = format!("{} {} Issuing CA", self.settings.name, self.called);
        let authority = self.authority(Room::Root, &above, root, &publication)?;
        ceremony::below(
            self.key(Room::Ca, &label)?,
            self.algorithm,
            self.named("issuing", &name),
            authority,
            self.now,
        )
    }

    fn ocsp_signer(&self, issuing: &Made) -> Result<Made, Failure> {
        let publication = publication(&self.settings.public_url, self.name, Responder::Ours)?;
        let (label, above) = (self.label("ocsp"), self.label("ca"));
        let name = format!("{} {} OCSP", self.settings.name, self.called);
        let authority = self.authority(Room::Ca, &above, issuing, &publication)?;
        let named = self.named("ocsp-signer", &name);
        ceremony::below(
            self.key(Room::Status, &label)?,
            self.algorithm,
            named,
            authority,
            self.now,
        )
    }

    fn label(&self, what: &str) -> String {
        format!("{what}-{}", self.name)
    }

    fn named<'b>(&'b self, kind: &'b str, name: &'b str) -> Named<'b> {
        Named {
            kind,
            name,
            organisation: &self.settings.name,
            days: None,
        }
    }

    fn key<'b>(&'b self, room: Room, label: &'b str) -> Result<KeyPlace<'b>, Failure> {
        let folder = match room {
            Room::Root => Path::new("root/keys"),
            Room::Ca => Path::new("ca/keys"),
            _ => Path::new("status/keys"),
        };
        Ok(KeyPlace {
            device: self.devices.get(room)?,
            folder,
            label,
        })
    }

    fn authority<'b>(
        &'b self,
        room: Room,
        label: &'b str,
        made: &'b Made,
        publication: &'b Publication,
    ) -> Result<Authority<'b>, Failure> {
        Ok(Authority {
            key: self.key(room, label)?,
            certificate: &made.certificate,
            publication,
        })
    }
}

/// Whether the service answers OCSP questions about an authority's certificates.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Responder {
    /// It does.
    Ours,
    /// It does not: a root has no responder, only its list.
    None,
}

/// The addresses at which the service publishes for an authority.
pub(crate) fn publication(url: &str, authority: &str, responder: Responder) -> Result<Publication, Failure> {
    let url = url.trim_end_matches('/');
    let publication = Publication::nowhere()
        .with_crl(&format!("{url}/crl/{authority}.crl"))
        .and_then(|it| it.with_ca_issuers(&format!("{url}/ca/{authority}.crt")))
        .and_then(|it| it.with_cps(&format!("{url}/cps")));
    let publication = match responder {
        Responder::Ours => publication.and_then(|it| it.with_ocsp(&format!("{url}/ocsp"))),
        Responder::None => publication,
    };
    publication.map_err(|why| Failure::explained(&why))
}

fn write_configuration(plan: &Plan, layout: &Layout, settings: &Settings) -> Result<(), Failure> {
    let create = |path: &str, text: &str| files::create(&layout.file(path), text.as_bytes(), Readers::Everybody);
    files::make_folder(&layout.file("texts"))?;
    create("texts/notice.json", SAMPLE_NOTICE)?;
    create("texts/contract.json", SAMPLE_CONTRACT)?;
    create("cps.zh.md", hefu_policies::SAMPLE_CHINESE)?;
    create("cps.en.md", hefu_policies::SAMPLE_ENGLISH)?;
    create("hefud.toml", &settings.together())?;
    if !plan.separate {
        return Ok(());
    }
    for room in Room::ZONES {
        create(&format!("{}.toml", room.name()), &settings.apart(room))?;
    }
    let random = gm_suite::random::<PASSPHRASE_OCTETS>();
    let random = Zeroizing::new(random.map_err(|why| Failure::fault(t!("fail.random").into_owned(), &why))?);
    let token = Zeroizing::new(hex::encode(*random));
    for room in [Room::Ca, Room::Status] {
        files::create(&layout.within(room, "feed.token"), token.as_bytes(), Readers::Owner)?;
    }
    Ok(())
}
