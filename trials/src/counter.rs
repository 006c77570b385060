//! The counter: what an applicant and an officer do before an application, by the `hefu` command.

use serde_json::{Value, json};

use crate::Installation;

/// A picture of one dot: enough for what looks at a file's frame.
const DOT: [u8; 67] = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00, 0x00, 0x00, 0x0a, 0x49,
    0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01, 0x48, 0xaf, 0xa4, 0x71, 0x00, 0x00,
    0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// An applicant's file with both agreements.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// Number of the file.
    pub applicant: String,
    /// Number of the acknowledgement.
    pub notice: String,
    /// Number of the signing.
    pub contract: String,
}

fn text(answer: &Value, field: &str) -> String {
    let found = answer.get(field).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no {field}: {answer}")).to_owned()
}

impl Installation {
    /// Puts the sample texts of `hefu init` in force.
    pub fn publish_texts(&self) {
        for file in ["texts/notice.json", "texts/contract.json"] {
            drop(self.json("super-administrator", &["text", "publish", file]));
        }
    }

    /// Registers a person with papers and portrait, who acknowledges the notice and signs the contract.
    #[must_use]
    pub fn person(&self, name: &str, number: &str) -> CaseFile {
        let person = json!({"person": {"name": name, "document": "resident-identity", "number": number}});
        self.file_of(
            name,
            &person,
            &["identity-document-front", "identity-document-back", "portrait"],
        )
    }

    /// Registers an organisation with its papers; its representative signs.
    #[must_use]
    pub fn organisation(&self, name: &str, code: &str) -> CaseFile {
        let representative = json!({"name": "李四", "document": "passport", "number": "E12345678"});
        let organisation =
            json!({"organisation": {"name": name, "code": code, "legal_representative": representative}});
        self.file_of(
            name,
            &organisation,
            &["organisation-licence", "authorisation", "passport"],
        )
    }

    fn file_of(&self, signed_by: &str, applicant: &Value, papers: &[&str]) -> CaseFile {
        let write = |name: &str, octets: &[u8]| {
            std::fs::write(self.file(name), octets).unwrap_or_else(|why| panic!("{name}: {why}"));
        };
        write("applicant.json", applicant.to_string().as_bytes());
        write("paper.png", &DOT);
        write("consent.txt", "同意使用人像核验身份".as_bytes());
        let applicant = text(&self.json("entry", &["applicant", "register", "applicant.json"]), "id");
        let consent = [
            "applicant",
            "consent",
            &applicant,
            "--text-version",
            "1",
            "--text",
            "consent.txt",
        ];
        drop(self.json("entry", &consent));
        for paper in papers {
            drop(self.json("entry", &["applicant", "evidence", &applicant, paper, "paper.png"]));
        }
        let notice = self.json("entry", &["agreement", "acknowledge", &applicant]);
        let contract = self.json("entry", &["agreement", "sign", &applicant, "--signed-by", signed_by]);
        CaseFile {
            notice: text(&notice, "id"),
            contract: text(&contract, "id"),
            applicant,
        }
    }

    /// Checks identity for an application or a certificate; the check's number.
    #[must_use]
    pub fn check(&self, applicant: &str, occasion: &str, about: &str) -> String {
        let asked = [
            "applicant",
            "check",
            applicant,
            "--occasion",
            occasion,
            "--about",
            about,
        ];
        text(&self.json("entry", &asked), "id")
    }
}
