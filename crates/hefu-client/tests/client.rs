//! The client against a server of a few lines that says what it was asked.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    thread::{self, JoinHandle},
};

use hefu_client::{CertificateQuery, Client, ClientError, NewApplication, Token};
use hefu_rulebook::Language;

/// Answers one request with `status` and `body`; joins to the request's head and body.
fn answer_once(status: &'static str, body: &'static str) -> (String, JoinHandle<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            head.push_str(&line);
        }
        let mut sent = vec![0; length];
        reader.read_exact(&mut sent).unwrap();
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        (&stream).write_all(answer.as_bytes()).unwrap();
        (head, String::from_utf8(sent).unwrap())
    });
    (url, server)
}

#[test]
fn an_application_is_sent_and_read() {
    let (url, server) = answer_once(
        "201 Created",
        r#"{"id":"a1","state":"entered","profile":"person-sm2","next":"notice","certificates":[]}"#,
    );
    let application = NewApplication {
        profile: "person-sm2".to_owned(),
        csr: "PEM".to_owned(),
        ..NewApplication::default()
    };
    let answer = Client::new(&url).unwrap().apply(&application).unwrap();
    assert_eq!((answer.id.as_str(), answer.state.as_str()), ("a1", "entered"));
    let (head, body) = server.join().unwrap();
    assert!(head.starts_with("POST /api/v1/applications HTTP/1.1"), "{head}");
    assert_eq!(body, r#"{"profile":"person-sm2","subject":{},"csr":"PEM"}"#);
}

#[test]
fn the_officers_token_and_the_language_are_sent() {
    let (url, server) = answer_once("200 OK", r#"{"name":"entry","role":"operator"}"#);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("entry.token");
    std::fs::write(&file, "hefu_secret\n").unwrap();
    let client = Client::new(&url)
        .unwrap()
        .with_token(Token::read(&file).unwrap())
        .with_language(Language::English);
    assert!(!format!("{client:?}").contains("hefu_secret"));
    assert_eq!(client.whoami().unwrap().name, "entry");
    let (head, _) = server.join().unwrap();
    let head = head.to_ascii_lowercase();
    assert!(head.contains("authorization: bearer hefu_secret"), "{head}");
    assert!(head.contains("accept-language: en"), "{head}");
}

#[test]
fn a_refusal_becomes_a_problem() {
    let (url, server) = answer_once(
        "409 Conflict",
        r#"{"type":"urn:hefu:problem:same-officer","detail":"no","code":"same-officer","kind":"refusal","blame":"officer","rule":null}"#,
    );
    let refused = Client::new(&url).unwrap().approve_and_issue("a/../b").unwrap_err();
    assert!(matches!(&refused, ClientError::Problem(problem) if problem.code == "same-officer"));
    let (head, body) = server.join().unwrap();
    assert!(
        head.starts_with("POST /api/v1/applications/a%2F..%2Fb/approval "),
        "{head}"
    );
    assert_eq!(body, r#"{"issue":true}"#);
}

#[test]
fn a_query_narrows_by_what_is_given() {
    let (url, server) = answer_once("200 OK", r#"{"items":[],"next":null}"#);
    let query = CertificateQuery {
        query: Some("张三 & 李四".to_owned()),
        limit: Some(10),
        ..CertificateQuery::default()
    };
    assert!(
        Client::new(&url)
            .unwrap()
            .certificates(&query)
            .unwrap()
            .items
            .is_empty()
    );
    let (head, _) = server.join().unwrap();
    let line = head.lines().next().unwrap_or_default();
    assert!(line.contains("limit=10"), "{line}");
    assert!(
        line.contains("query=%E5%BC%A0%E4%B8%89%20%26%20%E6%9D%8E%E5%9B%9B"),
        "{line}"
    );
}

#[test]
fn an_answer_of_another_kind_is_unreadable() {
    let (url, server) = answer_once("200 OK", "<html>");
    let error = Client::new(&url).unwrap().profiles().unwrap_err();
    assert!(matches!(error, ClientError::Unreadable { .. }), "{error}");
    server.join().unwrap();
}

#[test]
fn an_address_without_a_server_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = Client::new(&url).unwrap().whoami().unwrap_err();
    assert!(matches!(error, ClientError::Unreachable { .. }), "{error}");
    for bad in ["", "127.0.0.1:8440", "https://ca.example", "http://", "http://a b"] {
        assert!(matches!(Client::new(bad), Err(ClientError::Address(_))), "{bad}");
    }
}
