//! A small web server on this machine, for the bundled town: it answers from files in memory.

use anyhow::Context;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Files by their path, from `/`.
pub(super) type Files = HashMap<String, Bytes>;

/// A server that runs until it is dropped.
pub(super) struct Server {
    /// Where it listens.
    pub(super) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    /// Starts to serve on a free port of 127.0.0.1.
    pub(super) fn start(files: Files) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))
            .context("no port of this machine could be opened for the demo")?;
        let address = listener.local_addr().context("the port of the demo is not known")?;
        listener.set_nonblocking(true).context("the port of the demo cannot be used")?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the server of the demo could not start")?;
        let (stop, stopped) = oneshot::channel();
        let files = Arc::new(files);
        let thread = std::thread::spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                tokio::select! {
                    () = accept(listener, files) => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, files: Arc<Files>) {
    while let Ok((stream, _)) = listener.accept().await {
        let files = files.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let answer = answer(&files, request.uri().path());
            async move { Ok::<_, Infallible>(answer) }
        });
        tokio::spawn(async move {
            // A client that goes away is no problem of the server.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

fn answer(files: &Files, path: &str) -> Response<Full<Bytes>> {
    let path = percent_decoded(path);
    let file = files.get(&path).or_else(|| files.get(&format!("{path}index.html")).filter(|_| path.ends_with('/')));
    let (status, media, body) = match file {
        Some(body) => (StatusCode::OK, media_type(&path), body.clone()),
        None => (StatusCode::NOT_FOUND, "text/html; charset=utf-8", Bytes::from_static(b"<!doctype html><html lang=en><title>Page not found</title><h1>Page not found</h1><p><a href=/>Home</a></p>")),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(hyper::header::CONTENT_TYPE, hyper::header::HeaderValue::from_static(media));
    response
}

fn percent_decoded(path: &str) -> String {
    path.replace("%20", " ")
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("pdf") => "application/pdf",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "text/html; charset=utf-8",
    }
}
