//! The SMTP carrier against a scripted server on loopback: what is said when, and what each answer means.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hefu_post::{Carrier as _, Encryption, Mail, Mailbox, Returned, Smtp, SmtpSettings};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

/// Answers RCPT and the end of a message as told; notes every line that it hears.
async fn serve(rcpt: &'static str, end: Option<&'static str>) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::<Mutex<Vec<String>>>::default();
    let noted = Arc::clone(&heard);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (read, mut write) = stream.split();
            let mut lines = BufReader::new(read).lines();
            write.write_all(b"220 test\r\n").await.unwrap();
            let mut in_data = false;
            while let Ok(Some(line)) = lines.next_line().await {
                noted.lock().unwrap().push(line.clone());
                let answer = match line.as_str() {
                    "." if in_data => {
                        in_data = false;
                        end
                    }
                    _ if in_data => continue,
                    "DATA" => {
                        in_data = true;
                        Some("354 go on")
                    }
                    line if line.starts_with("RCPT") => Some(rcpt),
                    _ => Some("250 ok"),
                };
                let Some(answer) = answer else { continue };
                write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            }
        }
    });
    (port, heard)
}

fn smtp(port: u16, encryption: Encryption) -> Smtp {
    Smtp::new(SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        encryption,
        login: None,
        roots: None,
        from: Mailbox::parse("ca@example.cn").unwrap(),
        from_name: "示例认证".to_owned(),
        hello: Some("ra.example.cn".to_owned()),
        answer_within: Duration::from_millis(300),
    })
    .unwrap()
}

fn mail() -> Mail {
    Mail {
        to: Mailbox::parse("zhang.san@example.cn").unwrap(),
        subject: "证书已签发 · Certificate issued".to_owned(),
        body: "plain\n.\nRCPT TO:<all@example.cn>\n".to_owned(),
        written_at: "2027-03-02T08:00:00Z".parse().unwrap(),
        identity: "7.1".to_owned(),
    }
}

#[tokio::test]
async fn a_letter_has_one_recipient_and_two_share_a_connection() {
    let (port, heard) = serve("250 ok", Some("250 ok")).await;
    let smtp = smtp(port, Encryption::None);
    assert_eq!(smtp.carry(&mail()).await, Ok(()));
    assert_eq!(smtp.carry(&mail()).await, Ok(()));
    let heard = heard.lock().unwrap().clone();
    let count = |start: &str| heard.iter().filter(|line| line.starts_with(start)).count();
    assert_eq!(
        (count("EHLO ra.example.cn"), count("MAIL FROM:<ca@example.cn>")),
        (1, 2)
    );
    assert_eq!(count("RCPT TO:<zhang.san@example.cn>"), 2);
    assert_eq!(
        count("."),
        4,
        "a dot of the text is doubled and does not end it: {heard:?}"
    );
}

#[tokio::test]
async fn each_answer_means_what_it_means() {
    let told = async |rcpt, end| {
        let (port, _) = serve(rcpt, end).await;
        smtp(port, Encryption::None).carry(&mail()).await
    };
    let code = |code: &str| code.to_owned();
    let ok = Some("250 ok");
    assert_eq!(
        told("550 no such mailbox", ok).await,
        Err(Returned::Refused(code("smtp-550")))
    );
    assert_eq!(told("450 busy", ok).await, Err(Returned::Later(code("smtp-450"))));
    assert_eq!(
        told("421 going down", ok).await,
        Err(Returned::Closed(code("smtp-421")))
    );
    assert_eq!(
        told("250 ok", Some("554 spam")).await,
        Err(Returned::Refused(code("smtp-554")))
    );
    assert_eq!(told("250 ok", None).await, Err(Returned::Doubtful(code("silent"))));
}

#[tokio::test]
async fn nobody_there_and_no_encryption_are_about_no_letter() {
    let port = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let down = smtp(port, Encryption::None).carry(&mail()).await;
    assert_eq!(down, Err(Returned::Closed("unreachable".to_owned())));
    let (port, heard) = serve("250 ok", Some("250 ok")).await;
    let clear = smtp(port, Encryption::StartTls).carry(&mail()).await;
    assert_eq!(clear, Err(Returned::Closed("no-starttls".to_owned())));
    assert!(!heard.lock().unwrap().iter().any(|line| line.starts_with("MAIL")));
}
