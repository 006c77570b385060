//! The listener and the end: a signal stops new requests, those under way finish, within a limit.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How long requests under way may take once the end has begun.
pub(crate) const GRACE: Duration = Duration::from_secs(10);

/// Serves until `stop` says so.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: watch::Receiver<bool>) -> std::io::Result<()> {
    let mut end = stop.clone();
    let mut limit = stop;
    let server = axum::serve(listener, router).with_graceful_shutdown(async move { until_stopped(&mut end).await });
    tokio::select! {
        outcome = server.into_future() => outcome,
        () = async { until_stopped(&mut limit).await; tokio::time::sleep(GRACE).await } => {
            tracing::warn!("some requests did not end within {GRACE:?} and were dropped");
            Ok(())
        }
    }
}

/// Binds the address, with the address in the error.
pub(crate) async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|why| std::io::Error::new(why.kind(), format!("cannot listen on {address}: {why}")))
}

/// Turns true on SIGTERM or SIGINT.
pub(crate) fn stop_signal() -> std::io::Result<watch::Receiver<bool>> {
    let (sender, receiver) = watch::channel(false);
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
        tracing::info!("stopping: requests under way finish first");
        let _ = sender.send(true);
        sender.closed().await;
    });
    Ok(receiver)
}

/// Waits for the stop.
pub(crate) async fn until_stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stopped| *stopped).await;
}
