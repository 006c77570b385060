//! The TLS door: HTTP/1.1 and HTTP/2 for browsers, with client certificates asked for and not demanded.
//!
//! Public pages and officers' pages stand behind the same door: who shows no certificate sees what is public. A
//! certificate that does not chain to `client_roots` ends the handshake; one that does is put into each request
//! ([`Arrival`]), and whose it is and how it stands is looked at where it is used. rustls does the protocol, aws-lc the
//! algorithms (ECDSA, RSA, Ed25519; browsers know no SM2), the server's key comes from a file or stays in its device.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use gm_suite::{KeyAlgorithm, PrivateKey};
use gm_syntax::{pem_text, pkcs8_text};
use hefu_web::{Arrival, PresentedCertificate};
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::sign::{CertifiedKey, Signer, SigningKey, SingleCertAndKey};
use rustls::{RootCertStore, ServerConfig, SignatureAlgorithm, SignatureScheme};
use serde::Deserialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

use crate::keys;
use crate::serve::{self, GRACE, until_stopped};
use crate::start::{StartError, about};

/// Octets of a request's head: an own cookie and long queries take less than two thousand.
const HEAD_BYTES_MAX: u32 = 32 * 1024;
/// Requests under way on one HTTP/2 connection: a page with everything it loads needs a handful.
const STREAMS_MAX: u32 = 64;
/// How long a head may take, and how long a connection may lie idle between two requests of HTTP/1.1.
const HEAD_WITHIN: Duration = Duration::from_secs(15);
/// Between two signs of life on an HTTP/2 connection.
const ALIVE_EVERY: Duration = Duration::from_secs(30);
/// Rest after the system refused a connection (too many open files), so that the door does not spin.
const REST: Duration = Duration::from_millis(100);

/// `[tls]`: the TLS door.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tls {
    /// Where it listens.
    pub(crate) listen: SocketAddr,
    /// The address that browsers use; `https://LISTEN` when absent.
    pub(crate) url: Option<String>,
    /// The server's certificate, and those above it below the root (PEM).
    certificate: PathBuf,
    /// The server's key, PKCS#8 in PEM; encrypted where there is a `passphrase_file`.
    key_file: Option<PathBuf>,
    /// Folder of the software device that holds the key instead.
    device: Option<PathBuf>,
    /// The key's label in the device.
    key: Option<String>,
    /// Opens the key file or the device.
    passphrase_file: Option<PathBuf>,
    /// Roots of client certificates (PEM files, each with one or more); none: no certificate is asked for.
    #[serde(default)]
    client_roots: Vec<PathBuf>,
    /// Whether officers may log in at the door without TLS, too.
    #[serde(default)]
    pub(crate) plain_log_in: bool,
    /// Connections at once; further ones wait.
    #[serde(default = "thousand")]
    connections_max: u16,
    /// How long a handshake may take.
    #[serde(default = "ten")]
    handshake_seconds: u8,
}

fn thousand() -> u16 {
    1024
}

fn ten() -> u8 {
    10
}

impl Tls {
    /// The server's certificate, DER.
    pub(crate) fn certificate(&self) -> Result<Vec<u8>, StartError> {
        let first = certificates(&self.certificate)?.into_iter().next();
        let first = first.ok_or_else(|| about("[tls] certificate")("the file holds none"))?;
        Ok(first.to_vec())
    }

    /// Paths start at the configuration's folder.
    pub(crate) fn locate(&mut self, folder: &Path) {
        let at = |path: &mut PathBuf| *path = folder.join(&*path);
        at(&mut self.certificate);
        self.key_file.iter_mut().for_each(at);
        self.device.iter_mut().for_each(at);
        self.passphrase_file.iter_mut().for_each(at);
        self.client_roots.iter_mut().for_each(at);
    }

    /// The address that browsers use.
    pub(crate) fn url(&self) -> String {
        let own = || format!("https://{}", self.listen);
        self.url
            .as_ref()
            .map_or_else(own, |url| url.trim_end_matches('/').to_owned())
    }

    /// The key is in a file or in a device, and in one of them.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        match (&self.key_file, &self.device, &self.key, &self.passphrase_file) {
            (Some(_), None, None, _) | (None, Some(_), Some(_), Some(_)) => Ok(()),
            _ => Err("[tls] takes either `key_file`, or `device`, `key` and `passphrase_file`"),
        }
    }

    fn passphrase(&self) -> Result<Option<Zeroizing<Vec<u8>>>, StartError> {
        let read = |path: &PathBuf| Ok(Zeroizing::new(keys::read(path)?.trim_ascii_end().to_vec()));
        self.passphrase_file.as_ref().map(read).transpose()
    }

    fn signing_key(&self, provider: &rustls::crypto::CryptoProvider) -> Result<Arc<dyn SigningKey>, StartError> {
        if let (Some(folder), Some(label), Some(passphrase)) = (&self.device, &self.key, &self.passphrase_file) {
            let device = keys::unlock_device(folder, passphrase)?;
            let signer = keys::signer(&device, label)?;
            return DeviceKey::new(signer).map(|key| Arc::new(key) as _);
        }
        let path = self.key_file.clone().unwrap_or_default();
        let named = |why: String| StartError::File {
            path: path.clone(),
            why,
        };
        let text = Zeroizing::new(keys::read(&path)?);
        let der = match self.passphrase()? {
            None => Zeroizing::new(pem_text::decode(&text, "PRIVATE KEY").map_err(|why| named(why.to_string()))?),
            Some(passphrase) => decrypted(&text, &passphrase).map_err(&named)?,
        };
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(der.to_vec()));
        let loaded = provider.key_provider.load_private_key(key);
        loaded.map_err(|why| named(why.to_string()))
    }
}

fn decrypted(text: &[u8], passphrase: &[u8]) -> Result<Zeroizing<Vec<u8>>, String> {
    let key: PrivateKey = pkcs8_text::decrypt(text, passphrase).map_err(|why| why.to_string())?;
    key.to_pkcs8().map_err(|why| why.to_string())
}

/// Certificates of a PEM file with one or more.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, StartError> {
    let ders = pem_text::decode_all(&keys::read(path)?, "CERTIFICATE").map_err(|why| StartError::File {
        path: path.to_owned(),
        why: why.to_string(),
    })?;
    Ok(ders.into_iter().map(CertificateDer::from).collect())
}

/// A key that stays in its device and signs handshakes.
#[derive(Clone)]
struct DeviceKey {
    signer: Arc<dyn gm_suite::Signer>,
    scheme: SignatureScheme,
}

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("DeviceKey")
            .field("scheme", &self.scheme)
            .finish_non_exhaustive()
    }
}

impl DeviceKey {
    /// ECDSA and Ed25519; RSA in TLS 1.3 is PSS, which devices here do not sign.
    fn new(signer: Arc<dyn gm_suite::Signer>) -> Result<Self, StartError> {
        let scheme = match signer.public_key().algorithm() {
            KeyAlgorithm::P256 => SignatureScheme::ECDSA_NISTP256_SHA256,
            KeyAlgorithm::P384 => SignatureScheme::ECDSA_NISTP384_SHA384,
            KeyAlgorithm::Ed25519 => SignatureScheme::ED25519,
            other => return Err(about("[tls] key")(format!("{other} does not serve TLS from a device"))),
        };
        Ok(Self { signer, scheme })
    }
}

impl SigningKey for DeviceKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered
            .contains(&self.scheme)
            .then(|| Box::new(self.clone()) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match self.scheme {
            SignatureScheme::ED25519 => SignatureAlgorithm::ED25519,
            _ => SignatureAlgorithm::ECDSA,
        }
    }
}

impl Signer for DeviceKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        self.signer
            .sign(message)
            .map_err(|why| rustls::Error::General(why.to_string()))
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

/// The door, bound and furnished.
pub(crate) struct Door {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    places: Arc<Semaphore>,
    handshake: Duration,
}

impl Door {
    /// Reads keys and certificates and binds the address. Every error names its file or setting.
    pub(crate) async fn open(settings: &Tls) -> Result<Self, StartError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let own = CertifiedKey::new(certificates(&settings.certificate)?, settings.signing_key(&provider)?);
        // Keys of devices do not tell their public half to rustls; a wrong one fails every handshake.
        match own.keys_match() {
            Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {}
            Err(why) => return Err(about("[tls] certificate and key")(why)),
        }
        let verifier = client_verifier(settings, &provider)?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(about("[tls]"))?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(own)));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            listener: serve::bind(settings.listen).await?,
            acceptor: TlsAcceptor::from(Arc::new(config)),
            places: Arc::new(Semaphore::new(usize::from(settings.connections_max))),
            handshake: Duration::from_secs(u64::from(settings.handshake_seconds)),
        })
    }

    /// Serves until `stop` says so; requests under way finish, within the limit of the plain door.
    pub(crate) async fn serve(self, router: Router, mut stop: watch::Receiver<bool>) {
        let graceful = GracefulShutdown::new();
        loop {
            let next = async {
                let place = Arc::clone(&self.places).acquire_owned().await;
                (place, self.listener.accept().await)
            };
            let (place, accepted) = tokio::select! {
                next = next => next,
                () = until_stopped(&mut stop) => break,
            };
            match (place, accepted) {
                (Ok(place), Ok((stream, _))) => {
                    let guest = Guest {
                        stream,
                        acceptor: self.acceptor.clone(),
                        handshake: self.handshake,
                        _place: place,
                    };
                    tokio::spawn(guest.served(router.clone(), graceful.watcher()));
                }
                (_, Err(why)) => {
                    tracing::warn!("a connection was not accepted: {why}");
                    tokio::time::sleep(REST).await;
                }
                (Err(_), _) => break,
            }
        }
        drop(self.listener);
        if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests did not end within {GRACE:?} and were dropped");
        }
    }
}

fn client_verifier(
    settings: &Tls,
    provider: &Arc<rustls::crypto::CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, StartError> {
    let mut roots = RootCertStore::empty();
    for path in &settings.client_roots {
        for root in certificates(path)? {
            roots.add(root).map_err(about(path.display().to_string()))?;
        }
    }
    if roots.is_empty() {
        return Ok(WebPkiClientVerifier::no_client_auth());
    }
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    builder
        .allow_unauthenticated()
        .build()
        .map_err(about("[tls] client_roots"))
}

/// A connection that was accepted.
struct Guest {
    stream: TcpStream,
    acceptor: TlsAcceptor,
    handshake: Duration,
    _place: OwnedSemaphorePermit,
}

impl Guest {
    async fn served(self, router: Router, watcher: Watcher) {
        // Small answers go out at once; where the option is not to be had, only time is lost.
        let _ = self.stream.set_nodelay(true);
        let shaken = tokio::time::timeout(self.handshake, self.acceptor.accept(self.stream)).await;
        let stream = match shaken {
            Ok(Ok(stream)) => stream,
            Ok(Err(why)) => return tracing::debug!("a TLS handshake failed: {why}"),
            Err(_) => return tracing::debug!("a TLS handshake took too long"),
        };
        let presented = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let arrival = Arrival {
            certificate: presented
                .and_then(|der| PresentedCertificate::verified(der))
                .map(Arc::new),
        };
        let inner = TowerToHyperService::new(router);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(arrival.clone());
            inner.call(request)
        });
        let builder = protocol();
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        if let Err(why) = watcher.watch(connection).await {
            tracing::debug!("a connection broke off: {why}");
        }
    }
}

fn protocol() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEAD_BYTES_MAX as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEAD_BYTES_MAX)
        .max_concurrent_streams(STREAMS_MAX)
        .keep_alive_interval(Some(ALIVE_EVERY));
    builder
}
